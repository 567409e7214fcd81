import { equalBytes, type Bytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';
import type { DhPublicKey, PersonaKey, QueueId, RecordId, Signature } from '../types/ids.ts';
import type { CryptoPort, DhKeyPair, KemKeyPair } from '../types/ports.ts';
import { fail, ok, type Result } from '../types/result.ts';
import {
  cardKeyIdBytes,
  firstType,
  splitEnvelope,
  splitPrologue,
  type EnvelopeParts,
  type NotAnEnvelope,
  type Prologue,
} from './envelope.ts';
import { markOf, type FirstMessageMark } from './first-message-mark.ts';
import { identityNonce, isBound, type OwnPersona, type PeerPersona } from './handshake.ts';
import {
  deriveInitialKeys,
  deriveSealKey,
  prologueHash,
  transcriptHash,
  type InitialKeys,
  type PrologueHash,
} from './key-schedule.ts';
import type { MessageQueue } from './message-queue.ts';
import { decodePayload, type MalformedPayload, type Opening, type Payload } from './payload.ts';
import { openEnvelope, type OpenRefused } from './ratchet-open.ts';
import type { RatchetDeps } from './ratchet-seal.ts';
import { respondSession } from './ratchet-step.ts';
import type { SessionState } from './session.ts';
import { secretsOf, wipeUnkept, wipingAfter } from './session-secrets.ts';

/** The private side of one of my contact cards, kept until its keys are erased. */
export interface CardKeys {
  readonly recordId: RecordId;
  readonly spk: DhKeyPair;
  readonly kem: KemKeyPair;
  readonly queueId: QueueId;
}

/** A payload that also says what it answers and where to answer. */
export interface FirstPayload extends Payload {
  readonly queue: MessageQueue;
  readonly opening: Opening;
}

/** A session that a stranger's first message began, and that message. */
export interface ArrivedSession {
  readonly session: SessionState;
  readonly sender: PeerPersona;
  readonly mark: FirstMessageMark;
  readonly payload: FirstPayload;
}

/** Why a first message began no session. */
export type FirstMessageRefused =
  | NotAnEnvelope
  | OpenRefused
  | MalformedPayload
  /** None of my cards has this key id. */
  | { readonly code: 'unknown-card' }
  /** The sender's persona did not sign its ik. */
  | { readonly code: 'sender-not-bound' }
  /** The sender claims to be me. */
  | { readonly code: 'reflected' };

/** B's side of the first message. The caller has looked its mark up before: a known one is not accepted twice. */
export function acceptFirstMessage(
  deps: RatchetDeps,
  me: OwnPersona,
  cardKeys: readonly CardKeys[],
  envelope: Uint8Array,
  day: Day,
): Result<ArrivedSession, FirstMessageRefused> {
  const parts = splitEnvelope(envelope);
  if (!parts.ok) return parts;
  if (parts.value.type !== firstType) return fail({ code: 'not-an-envelope' });
  const prologue = splitPrologue(parts.value.prefix);
  const named = cardKeys.filter(({ recordId }) =>
    equalBytes(recordId.subarray(0, cardKeyIdBytes), prologue.cardKeyId),
  );
  let refused: FirstMessageRefused = { code: 'unknown-card' };
  for (const card of named) {
    const arrived = acceptWithCard(deps, me, card, parts.value, prologue, day);
    if (arrived.ok) return arrived;
    refused = arrived.error;
  }
  return fail(refused);
}

function acceptWithCard(
  deps: RatchetDeps,
  me: OwnPersona,
  card: CardKeys,
  parts: EnvelopeParts,
  prologue: Prologue,
  day: Day,
): Result<ArrivedSession, FirstMessageRefused> {
  const { crypto } = deps;
  const began = wipingAfter(crypto, (wiped) => beginSession(crypto, me, card, prologue, wiped));
  if (!began.ok) return began;
  const { session, sender, keys } = began.value;
  const opened = openFirst(deps, session, parts, day);
  const first = [keys.rootKey, keys.headerKeyA, keys.nextHeaderKeyB];
  wipeUnkept(crypto, first, opened.ok ? opened.value.session : null);
  if (!opened.ok) return opened;
  return ok({ ...opened.value, sender, mark: session.mark });
}

function openFirst(
  deps: RatchetDeps,
  session: SessionState,
  parts: EnvelopeParts,
  day: Day,
): Result<{ session: SessionState; payload: FirstPayload }, FirstMessageRefused> {
  const opened = openEnvelope(deps, session, parts, day);
  if (!opened.ok) return opened;
  const { session: begun, payload: plain } = opened.value;
  const payload = plain === null ? fail({ code: 'gap-too-large' as const }) : readFirst(plain);
  deps.crypto.wipe(...(plain === null ? [] : [plain]), ...(payload.ok ? [] : secretsOf(begun)));
  return payload.ok ? ok({ session: begun, payload: payload.value }) : payload;
}

function readFirst(plain: Bytes): Result<FirstPayload, MalformedPayload> {
  const payload = decodePayload(plain);
  if (!payload.ok) return payload;
  const { queue, opening } = payload.value;
  if (queue === null || opening === null) return fail({ code: 'malformed-payload' });
  return ok({ ...payload.value, queue, opening });
}

function beginSession(
  crypto: CryptoPort,
  me: OwnPersona,
  card: CardKeys,
  prologue: Prologue,
  wiped: <B extends Uint8Array>(secret: B) => B,
): Result<{ session: SessionState; sender: PeerPersona; keys: InitialKeys }, FirstMessageRefused> {
  const { ephemeral, kemCiphertext } = prologue;
  const dh3 = crypto.dh(card.spk.privateKey, ephemeral);
  if (!dh3.ok) return dh3;
  wiped(dh3.value);
  const dh2 = crypto.dh(me.ik.privateKey, ephemeral);
  if (!dh2.ok) return dh2;
  wiped(dh2.value);
  const kemSecret = crypto.kemDecapsulate(card.kem.privateKey, kemCiphertext);
  if (!kemSecret.ok) return kemSecret;
  wiped(kemSecret.value);
  const t0 = prologueHash(card.recordId, ephemeral, kemCiphertext);
  const sealKey = wiped(deriveSealKey(crypto, t0, dh3.value, kemSecret.value));
  const identity = crypto.aeadOpen(sealKey, identityNonce, prologue.sealedIdentity, t0);
  if (!identity.ok) return identity;
  const sender = splitIdentity(wiped(identity.value));
  if (equalBytes(sender.persona, me.persona)) return fail({ code: 'reflected' });
  if (!isBound(crypto, sender)) return fail({ code: 'sender-not-bound' });
  const dh1 = crypto.dh(card.spk.privateKey, sender.ik);
  if (!dh1.ok) return dh1;
  wiped(dh1.value);
  const transcript = transcriptOf(t0, me, card, sender);
  const secrets = [dh1.value, dh2.value, dh3.value, kemSecret.value] as const;
  const keys = deriveInitialKeys(crypto, transcript, secrets);
  const facts = { transcript, mark: markOf(ephemeral, kemCiphertext) };
  return ok({ session: respondSession(facts, keys, card.spk), sender, keys });
}

function transcriptOf(t0: PrologueHash, me: OwnPersona, card: CardKeys, sender: PeerPersona) {
  return transcriptHash(t0, {
    personaA: sender.persona,
    personaB: me.persona,
    ikA: sender.ik,
    ikB: me.ik.publicKey,
    spk: card.spk.publicKey,
    kem: card.kem.publicKey,
    queueId: card.queueId,
  });
}

function splitIdentity(identity: Bytes): PeerPersona {
  return {
    persona: identity.slice(0, 32) as PersonaKey,
    ik: identity.slice(32, 64) as DhPublicKey,
    bind: identity.slice(64) as Signature,
  };
}
