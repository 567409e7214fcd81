import type { OpenedChunk, StreamCipher } from '#core/attachments/stream-cipher.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { fail, ok } from '#core/types/result.ts';
import { SodiumUnavailableError } from './sodium-crypto.ts';
import { loadSodium, type Sodium } from './sodium.ts';

const keyBytes = 32;
const headerBytes = 24;
const overheadBytes = 17;

/**
 * libsodium's secretstream. Its `init_push` draws a header and then does what `init_pull` does with
 * one that is given, so a sealer is begun with `init_pull` and the caller's random header.
 * Rejects with SodiumUnavailableError when libsodium cannot be loaded.
 */
export async function createStreamCipher(): Promise<StreamCipher> {
  const loaded = await loadSodium();
  if (!loaded.ok) throw new SodiumUnavailableError(loaded.error.code);
  const sodium = loaded.value;
  return {
    sealer(key, header) {
      const state = begin(sodium, key, header);
      const { MESSAGE, FINAL } = tagsOf(sodium);
      return {
        seal: (plaintext, ad, isFinal) =>
          sodium.crypto_secretstream_xchacha20poly1305_push(
            state,
            plaintext,
            ad,
            isFinal ? FINAL : MESSAGE,
          ) as Bytes,
      };
    },
    opener(key, header) {
      const state = begin(sodium, key, header);
      return {
        open(sealed, ad) {
          if (sealed.length < overheadBytes) return fail({ code: 'not-authentic' });
          const opened = sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed, ad);
          if (opened === false) return fail({ code: 'not-authentic' });
          const isFinal = finality(sodium, opened.tag);
          return ok<OpenedChunk>({ plaintext: opened.message as Bytes, isFinal });
        },
      };
    },
  };
}

function begin(sodium: Sodium, key: Uint8Array, header: Uint8Array) {
  if (key.length !== keyBytes || header.length !== headerBytes) {
    throw new RangeError('expected a key of 32 bytes and a header of 24');
  }
  return sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key);
}

function tagsOf(sodium: Sodium) {
  return {
    MESSAGE: sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
    FINAL: sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL,
  };
}

function finality(sodium: Sodium, tag: number): boolean | null {
  const { MESSAGE, FINAL } = tagsOf(sodium);
  if (tag === FINAL) return true;
  return tag === MESSAGE ? false : null;
}
