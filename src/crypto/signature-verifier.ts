import type { Bytes } from '#core/types/bytes.ts';
import type { SignatureVerifier } from '#core/types/ports.ts';
import { passesEd25519Prechecks } from './ed25519-prechecks.ts';
import { cacheByKey } from './key-cache.ts';

const algorithm = 'Ed25519';

/**
 * Verifies by WebCrypto where it knows Ed25519, by libsodium elsewhere, with the same verdicts
 * (ed25519-prechecks.ts says why). libsodium is loaded only if it is needed; then this rejects with
 * SodiumUnavailableError when it cannot be had. The verifier itself never rejects: bytes that are
 * no key or no signature are `false`.
 */
export async function createSignatureVerifier(): Promise<SignatureVerifier> {
  // Absent where the page is no secure context.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (subtle && (await knowsEd25519(subtle))) return webCryptoVerifier(subtle);
  const { createSodiumCrypto } = await import('./sodium-crypto.ts');
  const { verify } = await createSodiumCrypto();
  return (key, message, signature) => Promise.resolve(verify(key, message, signature));
}

function webCryptoVerifier(subtle: SubtleCrypto): SignatureVerifier {
  const importedKeyOf = cacheByKey((key) => importKey(subtle, key));
  return async (key, message, signature) => {
    if (!passesEd25519Prechecks(key, signature)) return false;
    try {
      return await subtle.verify(algorithm, await importedKeyOf(key), signature, message as Bytes);
    } catch {
      return false;
    }
  };
}

function importKey(subtle: SubtleCrypto, key: Bytes): Promise<CryptoKey> {
  return subtle.importKey('raw', key, algorithm, false, ['verify']);
}

/** Asks for a verdict that is known, RFC 8032 section 7.1, test 1: a name alone proves nothing. */
async function knowsEd25519(subtle: SubtleCrypto): Promise<boolean> {
  const key = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  const signature = fromHex(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
  try {
    return await subtle.verify(
      algorithm,
      await importKey(subtle, key),
      signature,
      new Uint8Array(0),
    );
  } catch {
    return false;
  }
}

function fromHex(hex: string): Bytes {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
}
