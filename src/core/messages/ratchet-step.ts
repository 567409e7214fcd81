import type { DhPublicKey } from '../types/ids.ts';
import type { AeadKey, CryptoPort, DhKeyPair, LowOrderPoint } from '../types/ports.ts';
import { ok, type Result } from '../types/result.ts';
import type { FirstMessageMark } from './first-message-mark.ts';
import { rootStep, type InitialKeys, type RootKey, type Transcript } from './key-schedule.ts';
import type { RatchetDeps } from './ratchet-seal.ts';
import { redactSecrets } from './redact-secrets.ts';
import type { Chain, SessionState } from './session.ts';
import { secretsOf, wipeUnkept } from './session-secrets.ts';
import type { Bytes } from '../types/bytes.ts';

/** What a session is tied to from its first byte. */
export interface SessionFacts {
  readonly transcript: Transcript;
  readonly mark: FirstMessageMark;
}

const dhSeedBytes = 32;

/** RatchetInitAliceHE ("Initialization"): B's signed prekey is B's first ratchet key. */
export function initiateSession(
  deps: RatchetDeps,
  facts: SessionFacts,
  prologue: Bytes,
  keys: InitialKeys,
  spk: DhPublicKey,
): Result<SessionState, LowOrderPoint> {
  const blank: SessionState = {
    ...facts,
    role: 'initiator',
    prologue,
    rootKey: keys.rootKey,
    ratchetKey: drawKeyPair(deps),
    sending: null,
    receiving: null,
    nextSendingHeaderKey: keys.headerKeyA,
    nextReceivingHeaderKey: keys.nextHeaderKeyB,
    previousCount: 0,
    skipped: [],
  };
  const started = deriveSendingChain(deps.crypto, blank, spk);
  wipeUnkept(deps.crypto, secretsOf(blank), started.ok ? started.value : null);
  return started.ok ? ok(redactSecrets(started.value)) : started;
}

function drawKeyPair({ crypto, random }: RatchetDeps): DhKeyPair {
  const seed = random(dhSeedBytes);
  const pair = crypto.dhKeyPair(seed);
  crypto.wipe(seed);
  return pair;
}

/** RatchetInitBobHE ("Initialization"); its key pair goes at the first Diffie-Hellman step. */
export function respondSession(
  facts: SessionFacts,
  keys: InitialKeys,
  spk: DhKeyPair,
): SessionState {
  return redactSecrets({
    ...facts,
    role: 'responder',
    prologue: null,
    rootKey: keys.rootKey,
    ratchetKey: spk,
    sending: null,
    receiving: null,
    nextSendingHeaderKey: keys.nextHeaderKeyB,
    nextReceivingHeaderKey: keys.headerKeyA,
    previousCount: 0,
    skipped: [],
  });
}

/** First half of DHRatchetHE: the peer's new key starts a receiving chain. */
export function startReceivingChain(
  crypto: CryptoPort,
  session: SessionState,
  peerKey: DhPublicKey,
): Result<{ readonly session: SessionState; readonly chain: Chain }, LowOrderPoint> {
  const step = dhStep(crypto, session.rootKey, session.ratchetKey, peerKey);
  if (!step.ok) return step;
  const { rootKey, chainKey, nextHeaderKey } = step.value;
  const chain = { headerKey: session.nextReceivingHeaderKey, chainKey, number: 0 };
  return ok({
    session: { ...session, rootKey, receiving: chain, nextReceivingHeaderKey: nextHeaderKey },
    chain,
  });
}

/** Second half of DHRatchetHE: a fresh key pair starts a sending chain; the old pair is dropped. */
export function startSendingChain(
  deps: RatchetDeps,
  session: SessionState,
  peerKey: DhPublicKey,
): Result<SessionState, LowOrderPoint> {
  const ratchetKey = drawKeyPair(deps);
  const previousCount = session.sending?.number ?? 0;
  return deriveSendingChain(deps.crypto, { ...session, ratchetKey, previousCount }, peerKey);
}

function deriveSendingChain(
  crypto: CryptoPort,
  session: SessionState,
  peerKey: DhPublicKey,
): Result<SessionState, LowOrderPoint> {
  const step = dhStep(crypto, session.rootKey, session.ratchetKey, peerKey);
  if (!step.ok) return step;
  const { rootKey, chainKey, nextHeaderKey } = step.value;
  return ok({
    ...session,
    rootKey,
    sending: { headerKey: session.nextSendingHeaderKey, chainKey, number: 0 },
    nextSendingHeaderKey: nextHeaderKey,
  });
}

function dhStep(
  crypto: CryptoPort,
  rootKey: RootKey,
  ratchetKey: DhKeyPair,
  peerKey: DhPublicKey,
): Result<
  { rootKey: RootKey; chainKey: Chain['chainKey']; nextHeaderKey: AeadKey },
  LowOrderPoint
> {
  const output = crypto.dh(ratchetKey.privateKey, peerKey);
  return output.ok ? ok(rootStep(crypto, rootKey, output.value)) : output;
}
