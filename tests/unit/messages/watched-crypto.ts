import { secretsOf } from '#core/messages/session-secrets.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { RatchetDeps } from '#core/messages/ratchet-seal.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import type { Party } from './parties.ts';

type Operation = keyof CryptoPort;
const nonceBytes = 24;

/** Counts each primitive that is asked for. */
export function countingDeps(deps: RatchetDeps): {
  readonly deps: RatchetDeps;
  readonly counts: Partial<Record<Operation, number>>;
} {
  const counts: Partial<Record<Operation, number>> = {};
  const crypto = new Proxy(deps.crypto, {
    get(port, name: Operation) {
      counts[name] = (counts[name] ?? 0) + 1;
      return port[name];
    },
  });
  return { deps: { ...deps, crypto }, counts };
}

/** Keeps hold of every secret that passes through the port and the random source. */
export class WatchedCrypto {
  readonly deps: RatchetDeps;
  readonly #secrets = new Map<Uint8Array, string>();

  constructor({ crypto, random }: RatchetDeps) {
    const note = <T extends Uint8Array>(what: string, secret: T): T => {
      this.#secrets.set(secret, what);
      return secret;
    };
    const watched: CryptoPort = {
      ...crypto,
      dhKeyPair: (seed) => {
        const pair = crypto.dhKeyPair(seed);
        note('private key', pair.privateKey);
        return pair;
      },
      dh: (privateKey, publicKey) => {
        const shared = crypto.dh(privateKey, publicKey);
        if (shared.ok) note('shared secret', shared.value);
        return shared;
      },
      kemEncapsulate: (publicKey, randomness) => {
        const sent = crypto.kemEncapsulate(publicKey, randomness);
        if (sent.ok) note('KEM secret', sent.value.sharedSecret);
        return sent;
      },
      kemDecapsulate: (privateKey, ciphertext) => {
        const shared = crypto.kemDecapsulate(privateKey, ciphertext);
        if (shared.ok) note('KEM secret', shared.value);
        return shared;
      },
      hmacSha512: (key, data) => note('HMAC', crypto.hmacSha512(note('HMAC key', key), data)),
      hkdfSha512: (salt, ikm, info, length) => {
        if (salt.length === 32) note('root key', salt);
        return note('HKDF', crypto.hkdfSha512(salt, note('ikm', ikm), info, length));
      },
      aeadSeal: (key, nonce, plaintext, ad) =>
        crypto.aeadSeal(note('AEAD key', key), nonce, note('plaintext', plaintext), ad),
      aeadOpen: (key, nonce, ciphertext, ad) => {
        const opened = crypto.aeadOpen(note('AEAD key', key), nonce, ciphertext, ad);
        if (opened.ok) note('plaintext', opened.value);
        return opened;
      },
    };
    const watchedRandom = (length: number) => {
      const bytes = random(length);
      return length === nonceBytes ? bytes : note('random bytes', bytes);
    };
    this.deps = { crypto: watched, random: watchedRandom };
  }

  /** What is neither zero nor held by these states or parties, by what it was. */
  leftBehind(states: readonly ConversationState[], parties: readonly Party[] = []): string[] {
    const sessions = states.flatMap((state) => state.sessions.map(({ session }) => session));
    const kept = new Set<Uint8Array>([
      ...sessions.flatMap((session) => secretsOf(session)),
      ...parties.flatMap(({ me, cardKeys }) => [
        me.ik.privateKey,
        cardKeys.spk.privateKey,
        cardKeys.kem.privateKey,
      ]),
    ]);
    return [...this.#secrets].flatMap(([secret, what]) =>
      kept.has(secret) || secret.every((byte) => byte === 0) ? [] : [what],
    );
  }

  get seen(): number {
    return this.#secrets.size;
  }
}
