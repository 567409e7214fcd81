import * as z from 'zod/mini';
import { decodeCbor, encodeCbor, type CborValue } from '../codec/cbor.ts';
import type { CborBounds, MalformedCbor } from '../codec/bounds.ts';
import { fixedBytes, u32 } from '../codec/shapes.ts';
import type { Bytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';
import type { DhPrivateKey, DhPublicKey } from '../types/ids.ts';
import type { AeadKey, DhKeyPair } from '../types/ports.ts';
import { ok, type Result } from '../types/result.ts';
import { prologueBytes } from './envelope.ts';
import type { FirstMessageMark } from './first-message-mark.ts';
import type { ChainKey, RootKey, Transcript } from './key-schedule.ts';
import { redactSecrets } from './redact-secrets.ts';
import { maxSkippedStored, type SkippedChain } from './skipped-keys.ts';

/** One symmetric chain: HKs, CKs, Ns or HKr, CKr, Nr. */
export interface Chain {
  readonly headerKey: AeadKey;
  readonly chainKey: ChainKey;
  /** Number of the next message. */
  readonly number: number;
}

/** A Double Ratchet session with header encryption ("State variables"), immutable, secret. */
export interface SessionState {
  readonly role: 'initiator' | 'responder';
  readonly transcript: Transcript;
  readonly mark: FirstMessageMark;
  /** The bytes before the header of every type 1 envelope; null once answered, and for a responder. */
  readonly prologue: Bytes | null;
  readonly rootKey: RootKey;
  /** DHRs */
  readonly ratchetKey: DhKeyPair;
  readonly sending: Chain | null;
  readonly receiving: Chain | null;
  /** NHKs and NHKr */
  readonly nextSendingHeaderKey: AeadKey;
  readonly nextReceivingHeaderKey: AeadKey;
  /** PN */
  readonly previousCount: number;
  readonly skipped: readonly SkippedChain[];
}

const storedVersion = 1;
/** 1,000 skipped keys of some 50 bytes, each perhaps in a chain of its own. */
const sessionBounds: CborBounds = { maxBytes: 262_144, maxDepth: 8, maxLength: maxSkippedStored };

const key = <T extends Bytes>() => fixedBytes<T>(32);
const chainShape = z.pipe(
  z.tuple([key<AeadKey>(), key<ChainKey>(), u32]),
  z.transform(([headerKey, chainKey, number]): Chain => ({ headerKey, chainKey, number })),
);
const skippedKeyShape = z.pipe(
  z.tuple([u32, key<AeadKey>(), u32]),
  z.transform(([number, messageKey, day]) => ({ number, messageKey, day: day as Day })),
);
const skippedChainShape = z.pipe(
  z.tuple([key<AeadKey>(), z.array(skippedKeyShape)]),
  z.transform(([headerKey, keys]): SkippedChain => ({ headerKey, keys })),
);
const sessionShape = z.pipe(
  z.tuple([
    z.literal(storedVersion),
    z.boolean(),
    key<Transcript>(),
    key<FirstMessageMark>(),
    z.nullable(fixedBytes(prologueBytes)),
    key<RootKey>(),
    z.tuple([key<DhPublicKey>(), key<DhPrivateKey>()]),
    z.nullable(chainShape),
    z.nullable(chainShape),
    key<AeadKey>(),
    key<AeadKey>(),
    u32,
    z.array(skippedChainShape),
  ]),
  z.transform(
    ([
      ,
      isInitiator,
      transcript,
      mark,
      prologue,
      rootKey,
      dh,
      sending,
      receiving,
      nhs,
      nhr,
      pn,
      skipped,
    ]): SessionState => ({
      role: isInitiator ? 'initiator' : 'responder',
      transcript,
      mark,
      prologue,
      rootKey,
      ratchetKey: { publicKey: dh[0], privateKey: dh[1] },
      sending,
      receiving,
      nextSendingHeaderKey: nhs,
      nextReceivingHeaderKey: nhr,
      previousCount: pn,
      skipped,
    }),
  ),
);

/** Canonical CBOR of a session, for the sealed store alone: it holds every key. */
export function encodeSession(session: SessionState): Bytes {
  return encodeCbor([
    storedVersion,
    session.role === 'initiator',
    session.transcript,
    session.mark,
    session.prologue,
    session.rootKey,
    [session.ratchetKey.publicKey, session.ratchetKey.privateKey],
    chainToWire(session.sending),
    chainToWire(session.receiving),
    session.nextSendingHeaderKey,
    session.nextReceivingHeaderKey,
    session.previousCount,
    session.skipped.map(({ headerKey, keys }) => [
      headerKey,
      keys.map(({ number, messageKey, day }) => [number, messageKey, day]),
    ]),
  ]);
}

/** Reads what encodeSession wrote. Total. */
export function decodeSession(bytes: Uint8Array): Result<SessionState, MalformedCbor> {
  const decoded = decodeCbor(bytes, sessionShape, sessionBounds);
  return decoded.ok ? ok(redactSecrets(decoded.value)) : decoded;
}

function chainToWire(chain: Chain | null): CborValue {
  return chain === null ? null : [chain.headerKey, chain.chainKey, chain.number];
}
