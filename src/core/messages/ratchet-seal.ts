import { concatBytes, type Bytes } from '../types/bytes.ts';
import type { CryptoPort, RandomSource } from '../types/ports.ts';
import { fail, ok, type Result } from '../types/result.ts';
import {
  firstEnvelopeBytes,
  firstOverheadBytes,
  nonceBytes,
  ratchetEnvelopeBytes,
  ratchetOverheadBytes,
  ratchetType,
} from './envelope.ts';
import { sealHeader } from './header.ts';
import { chainStep } from './key-schedule.ts';
import { padTo } from './padding.ts';
import { redactSecrets } from './redact-secrets.ts';
import type { SessionState } from './session.ts';
import { maxSkippedPerMessage } from './skipped-keys.ts';

/** What sealing and opening draw on. */
export interface RatchetDeps {
  readonly crypto: CryptoPort;
  readonly random: RandomSource;
}

/** Why a payload could not be sealed; the session is as it was. */
export interface SealRefused {
  readonly code:
    | 'payload-too-long'
    /** The chain's last number is reached: the peer must answer first. */
    | 'number-exhausted'
    /** 257 messages without an answer: the peer could open no later one if these were lost. */
    | 'too-many-unanswered';
}

/** N never reaches 2^32 - 1. */
export const exhaustedNumber = 0xff_ff_ff_ff;

/** Longest payload that fits the session's next envelope. */
export function payloadRoom(session: SessionState): number {
  return session.prologue === null
    ? Math.max(...ratchetEnvelopeBytes) - ratchetOverheadBytes - 1
    : firstEnvelopeBytes - firstOverheadBytes - 1;
}

/** RatchetEncryptHE ("Encrypting messages"): pads, seals header and body, advances the sending chain. */
export function sealEnvelope(
  deps: RatchetDeps,
  session: SessionState,
  payload: Uint8Array,
): Result<{ readonly session: SessionState; readonly envelope: Bytes }, SealRefused> {
  const { sending, prologue } = session;
  const padded = padPayload(payload, prologue !== null);
  if (padded === null) return fail({ code: 'payload-too-long' });
  if (sending === null || sending.number >= exhaustedNumber) {
    return fail({ code: 'number-exhausted' });
  }
  if (prologue !== null && sending.number > maxSkippedPerMessage) {
    return fail({ code: 'too-many-unanswered' });
  }
  const { chainKey, messageKey } = chainStep(deps.crypto, sending.chainKey);
  const prefix = prologue ?? Uint8Array.of(ratchetType);
  const headerAd = concatBytes(session.transcript, prefix);
  const header = sealHeader(
    deps,
    sending.headerKey,
    {
      ratchetKey: session.ratchetKey.publicKey,
      previousCount: session.previousCount,
      number: sending.number,
    },
    headerAd,
  );
  const nonce = deps.random(nonceBytes);
  const ad = concatBytes(headerAd, header);
  const body = deps.crypto.aeadSeal(messageKey, nonce, padded, ad);
  deps.crypto.wipe(messageKey, padded);
  return ok({
    session: redactSecrets({
      ...session,
      sending: { ...sending, chainKey, number: sending.number + 1 },
    }),
    envelope: concatBytes(prefix, header, nonce, body),
  });
}

function padPayload(payload: Uint8Array, isFirst: boolean): Bytes | null {
  if (isFirst) return padTo(payload, firstEnvelopeBytes - firstOverheadBytes);
  for (const size of ratchetEnvelopeBytes) {
    const padded = padTo(payload, size - ratchetOverheadBytes);
    if (padded !== null) return padded;
  }
  return null;
}
