import { padmeLength } from '#core/attachments/padme.ts';
import { domainLabel } from '#core/codec/hash.ts';
import { concatBytes, equalBytes, type Bytes } from '#core/types/bytes.ts';
import type { AeadKey, CryptoPort, RandomSource } from '#core/types/ports.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import type { RecoveryEntropy } from './recovery-words.ts';

/** Not a backup, cut short, altered, or of other words: these cannot be told apart. */
export interface BackupDamaged {
  readonly code: 'backup-damaged';
}

/** A backup of a later version of the app. */
export interface BackupNewer {
  readonly code: 'backup-newer';
}

/** docs/protocol.md, "Backups": 'WFB', the version, a salt. */
const magic = Uint8Array.of(0x57, 0x46, 0x42);
const version = 1;
const saltBytes = 32;
const headerBytes = magic.length + 1 + saltBytes;
const keyBytes = 32;
const nonceBytes = 24;
const tagBytes = 16;
const endOfContent = 0x80;

/** More than a phone can hold while it opens one. */
export const maxBackupBytes = 134_217_728;

/**
 * Seals a backup: header, then XChaCha20-Poly1305 over the content, 0x80 and zeros up to Padmé's
 * length. The key is HKDF-SHA512 (RFC 5869) of the words' entropy with a fresh salt, so it seals
 * once and the nonce is zero; the header is bound in.
 */
export function sealBackup(
  crypto: CryptoPort,
  random: RandomSource,
  entropy: RecoveryEntropy,
  content: Bytes,
): Bytes {
  const header = concatBytes(magic, Uint8Array.of(version), random(saltBytes));
  const padded = new Uint8Array(padmeLength(content.length + 1));
  padded.set(content);
  padded[content.length] = endOfContent;
  const key = backupKey(crypto, entropy, header);
  const sealed = crypto.aeadSeal(key, new Uint8Array(nonceBytes), padded, header);
  crypto.wipe(key, padded);
  return concatBytes(header, sealed);
}

/** Opens what sealBackup made with the same words. */
export function openBackup(
  crypto: CryptoPort,
  entropy: RecoveryEntropy,
  file: Uint8Array,
): Result<Bytes, BackupDamaged | BackupNewer> {
  if (file.length < headerBytes + tagBytes || file.length > maxBackupBytes) return damaged;
  if (!equalBytes(file.subarray(0, magic.length), magic)) return damaged;
  if ((file[magic.length] ?? 0) > version) return fail({ code: 'backup-newer' });
  const header = file.slice(0, headerBytes);
  const key = backupKey(crypto, entropy, header);
  const sealed = file.subarray(headerBytes);
  const padded = crypto.aeadOpen(key, new Uint8Array(nonceBytes), sealed, header);
  crypto.wipe(key);
  if (!padded.ok) return damaged;
  const end = padded.value.findLastIndex((byte) => byte !== 0);
  return padded.value[end] === endOfContent ? ok(padded.value.subarray(0, end)) : damaged;
}

const damaged = fail<BackupDamaged>({ code: 'backup-damaged' });

function backupKey(crypto: CryptoPort, entropy: RecoveryEntropy, header: Bytes): AeadKey {
  const salt = header.subarray(headerBytes - saltBytes);
  return crypto.hkdfSha512(salt, entropy, domainLabel('backup'), keyBytes) as AeadKey;
}
