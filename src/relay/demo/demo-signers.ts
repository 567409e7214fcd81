import { sha256Bytes } from '#core/codec/sha256.ts';
import type { Signer } from '#core/records/compose.ts';
import { slotBytes } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { PersonaSeed, Slot } from '#core/types/ids.ts';
import type { CryptoPort } from '#core/types/ports.ts';

type KeyMaker = Pick<CryptoPort, 'personaKey'>;

/** The key of a demonstration persona, the same everywhere and always. */
export function personaSigner(crypto: KeyMaker, slug: string): Signer {
  return signerOf(crypto, `persona/${slug}`);
}

/** The key under the demonstration's charter, which does nothing else. */
export function charterSigner(crypto: KeyMaker): Signer {
  return signerOf(crypto, 'charter');
}

/** 32 bytes that mean one thing of the demonstration. */
export function demoHash(text: string): Bytes {
  return sha256Bytes(new TextEncoder().encode(`wallflower-demo/${text}`));
}

/** A slot that is the same everywhere and always. */
export function demoSlot(text: string): Slot {
  return demoHash(text).slice(0, slotBytes) as Slot;
}

/** What the demonstration's own texts promise to have. */
export function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a demonstration text is missing');
  return value;
}

function signerOf(crypto: KeyMaker, text: string): Signer {
  const seed = demoHash(text) as PersonaSeed;
  return { key: crypto.personaKey(seed), seed };
}
