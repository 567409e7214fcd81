import { fail, ok, type Result } from '../types/result.ts';
import type { Bytes } from '../types/bytes.ts';

/** Text that is not the encoding it claims to be. */
export interface MalformedText {
  readonly code: 'malformed-text';
}

const malformedText: MalformedText = { code: 'malformed-text' };
const base64UrlPattern = /^[A-Za-z0-9_-]*$/;
const base64UrlAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** What 12 bits are in base64url. */
const base64UrlPairs = Array.from(
  { length: 4_096 },
  (_, bits) => base64UrlAlphabet.charAt(bits >> 6) + base64UrlAlphabet.charAt(bits & 63),
);
const hexByByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** base64url without padding (RFC 4648 section 5). */
export function bytesToBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += `${base64UrlPairs[bits >> 12] ?? ''}${base64UrlPairs[bits & 4_095] ?? ''}`;
  }
  return text.slice(0, Math.ceil((bytes.length * 4) / 3));
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
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += hexByByte[bytes[at] ?? 0] ?? '';
  return text;
}

/** Reads lowercase hexadecimal. */
export function hexToBytesStrict(text: string): Result<Bytes, MalformedText> {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) return fail(malformedText);
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16);
  }
  return ok(bytes);
}
