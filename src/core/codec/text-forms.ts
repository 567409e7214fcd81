import { bytesToHex as toHex, hexToBytes } from '@noble/hashes/utils.js';
import { fail, ok, type Result } from '../types/result.ts';
import { copyBytes, type Bytes } from '../types/bytes.ts';

/** Text that is not the encoding it claims to be. */
export interface MalformedText {
  readonly code: 'malformed-text';
}

const malformedText: MalformedText = { code: 'malformed-text' };
const base64UrlPattern = /^[A-Za-z0-9_-]*$/;

/** base64url without padding (RFC 4648 section 5). */
export function bytesToBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Reads base64url without padding; only the one canonical spelling is accepted. */
export function base64UrlToBytes(text: string): Result<Bytes, MalformedText> {
  if (!base64UrlPattern.test(text) || text.length % 4 === 1) return fail(malformedText);
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return bytesToBase64Url(bytes) === text ? ok(bytes) : fail(malformedText);
}

/** Lowercase hexadecimal. */
export function bytesToHex(bytes: Uint8Array): string {
  return toHex(bytes);
}

/** Reads lowercase hexadecimal. */
export function hexToBytesStrict(text: string): Result<Bytes, MalformedText> {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) return fail(malformedText);
  return ok(copyBytes(hexToBytes(text)));
}
