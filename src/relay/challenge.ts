import { labelledHash } from '#core/codec/hash.ts';
import { equalBytes, type Bytes } from '#core/types/bytes.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { CallError } from './http/errors.ts';
import type { RelayContext } from './relay-context.ts';

type ChallengeContext = Pick<RelayContext, 'log' | 'clock' | 'origins'>;

/** Worked out once: every signed call asks for two of them. */
const known = new WeakMap<Bytes, Map<number, Bytes>>();
const keptSlots = 4;

/** The challenge of the ten minutes that contain `timeMs`: a keyed hash of their number, 32 bytes. */
export function challengeAt({ log }: Pick<ChallengeContext, 'log'>, timeMs: number): Bytes {
  const slot = Math.floor(timeMs / wireLimits.challengeLifetimeMs);
  const slots = known.get(log.challengeSecret) ?? new Map<number, Bytes>();
  known.set(log.challengeSecret, slots);
  const challenge = slots.get(slot) ?? labelledHash('challenge', log.challengeSecret, slot);
  if (slots.size >= keptSlots) slots.clear();
  slots.set(slot, challenge);
  return challenge;
}

/** Refuses a signed call that names another relay, or a challenge older than the previous ten minutes. */
export function demandCurrent(context: ChallengeContext, origin: string, challenge: Bytes): void {
  const now = context.clock();
  const accepted = [now, now - wireLimits.challengeLifetimeMs].map((time) =>
    challengeAt(context, time),
  );
  const isKnownOrigin = context.origins().some((known) => known === origin);
  if (!isKnownOrigin || !accepted.some((known) => equalBytes(known, challenge))) {
    throw new CallError('challenge-expired');
  }
}
