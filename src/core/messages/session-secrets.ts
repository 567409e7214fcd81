import type { Bytes } from '../types/bytes.ts';
import type { CryptoPort } from '../types/ports.ts';
import type { SessionState } from './session.ts';

/** Every buffer of a session that holds a secret key. */
export function secretsOf(session: SessionState): readonly Bytes[] {
  const { rootKey, ratchetKey, sending, receiving, skipped } = session;
  const chains = [sending, receiving].flatMap((chain) =>
    chain === null ? [] : [chain.headerKey, chain.chainKey],
  );
  const passedOver = skipped.flatMap(({ headerKey, keys }) => [
    headerKey,
    ...keys.map(({ messageKey }) => messageKey),
  ]);
  const { nextSendingHeaderKey, nextReceivingHeaderKey } = session;
  const next = [nextSendingHeaderKey, nextReceivingHeaderKey];
  return [rootKey, ratchetKey.privateKey, ...chains, ...next, ...passedOver];
}

/** Wipes what was derived on the way and is no part of the session that came of it. */
export function wipeUnkept(
  crypto: CryptoPort,
  derived: readonly Bytes[],
  session: SessionState | null,
): void {
  if (derived.length === 0) return;
  const kept = new Set(session === null ? [] : secretsOf(session));
  crypto.wipe(...derived.filter((secret) => !kept.has(secret)));
}

/** Runs `work`, then wipes what it passed to `wiped`, however it ended. */
export function wipingAfter<T>(
  crypto: CryptoPort,
  work: (wiped: <B extends Uint8Array>(secret: B) => B) => T,
): T {
  const secrets: Uint8Array[] = [];
  try {
    return work((secret) => {
      secrets.push(secret);
      return secret;
    });
  } finally {
    crypto.wipe(...secrets);
  }
}
