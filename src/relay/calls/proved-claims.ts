import { createHash } from 'node:crypto';
import type { SignedClaim } from './mailbox-calls.ts';

/** More than there may be watchers; some 100 bytes in memory a claim. */
const kept = 32_768;

/**
 * Claims that were found true. Whoever is woken asks again with the same signature, all of them at
 * once when the board moves: ten thousand verifications are a second of one core. What a queue's
 * read key is never changes, and the message names the queue.
 */
export class ProvedClaims {
  readonly #names = new Set<string>();

  /** Whether exactly this message and signature were proved before. */
  has(claim: SignedClaim): boolean {
    return this.#names.has(nameOf(claim));
  }

  /** Notes a claim that was proved; the oldest goes when there are too many. */
  add(claim: SignedClaim): void {
    for (const oldest of this.#names) {
      if (this.#names.size < kept) break;
      this.#names.delete(oldest);
    }
    this.#names.add(nameOf(claim));
  }
}

/** A signature has one length, so no two claims give the same bytes. */
function nameOf({ message, signature }: SignedClaim): string {
  return createHash('sha256').update(signature).update(message).digest('latin1');
}
