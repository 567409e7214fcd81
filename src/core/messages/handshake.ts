import { bindSigningBytes } from '../records/contact.ts';
import { concatBytes, equalBytes, type Bytes } from '../types/bytes.ts';
import type { DhPublicKey, PersonaKey, Signature } from '../types/ids.ts';
import type { CryptoPort, DhKeyPair, LowOrderPoint } from '../types/ports.ts';
import { fail, type Result } from '../types/result.ts';
import type { ContactCardFacts } from './contact-card-facts.ts';
import { cardKeyIdBytes, firstType, nonceBytes } from './envelope.ts';
import { markOf } from './first-message-mark.ts';
import { deriveInitialKeys, deriveSealKey, prologueHash, transcriptHash } from './key-schedule.ts';
import type { RatchetDeps } from './ratchet-seal.ts';
import { initiateSession } from './ratchet-step.ts';
import { wipingAfter } from './session-secrets.ts';
import type { SessionState } from './session.ts';

/** A persona as its owner's engine holds it: the second key pair and the signature that ties it. */
export interface OwnPersona {
  readonly persona: PersonaKey;
  readonly ik: DhKeyPair;
  readonly bind: Signature;
}

/** A persona as its peers see it. */
export interface PeerPersona {
  readonly persona: PersonaKey;
  readonly ik: DhPublicKey;
  readonly bind: Signature;
}

/** Why no session was opened towards a card. */
export type OpenSessionRefused =
  | LowOrderPoint
  /** The card's persona did not sign its ik. */
  | { readonly code: 'card-not-bound' }
  | { readonly code: 'own-card' };

/** One key seals one identity, so its nonce is zero. */
export const identityNonce = new Uint8Array(nonceBytes);

/** Whether the persona signed that `ik` is its own: `bind` over labelledBytes('bind', ik). */
export function isBound(crypto: CryptoPort, peer: PeerPersona): boolean {
  return crypto.verify(peer.persona, bindSigningBytes(peer.ik), peer.bind);
}

/** A's side of the first message (protocol.md, "First message"): a session that can send at once. */
export function openSession(
  deps: RatchetDeps,
  me: OwnPersona,
  card: ContactCardFacts,
): Result<SessionState, OpenSessionRefused> {
  if (equalBytes(card.persona, me.persona)) return fail({ code: 'own-card' });
  if (!isBound(deps.crypto, card)) return fail({ code: 'card-not-bound' });
  return wipingAfter(deps.crypto, (wiped) => agree(deps, me, card, wiped));
}

function agree(
  deps: RatchetDeps,
  me: OwnPersona,
  card: ContactCardFacts,
  wiped: <B extends Uint8Array>(secret: B) => B,
): Result<SessionState, LowOrderPoint> {
  const { crypto, random } = deps;
  const ephemeral = crypto.dhKeyPair(wiped(random(32)));
  wiped(ephemeral.privateKey);
  const dh1 = crypto.dh(me.ik.privateKey, card.spk);
  if (!dh1.ok) return dh1;
  wiped(dh1.value);
  const dh2 = crypto.dh(ephemeral.privateKey, card.ik);
  if (!dh2.ok) return dh2;
  wiped(dh2.value);
  const dh3 = crypto.dh(ephemeral.privateKey, card.spk);
  if (!dh3.ok) return dh3;
  wiped(dh3.value);
  const kem = crypto.kemEncapsulate(card.kem, wiped(random(64)));
  if (!kem.ok) return kem;
  const { ciphertext, sharedSecret } = kem.value;
  wiped(sharedSecret);
  const t0 = prologueHash(card.recordId, ephemeral.publicKey, ciphertext);
  const sealKey = wiped(deriveSealKey(crypto, t0, dh3.value, sharedSecret));
  const identity = wiped(concatBytes(me.persona, me.ik.publicKey, me.bind));
  const prologue: Bytes = concatBytes(
    Uint8Array.of(firstType),
    card.recordId.subarray(0, cardKeyIdBytes),
    ephemeral.publicKey,
    ciphertext,
    crypto.aeadSeal(sealKey, identityNonce, identity, t0),
  );
  const transcript = transcriptHash(t0, {
    personaA: me.persona,
    personaB: card.persona,
    ikA: me.ik.publicKey,
    ikB: card.ik,
    spk: card.spk,
    kem: card.kem,
    queueId: card.queueId,
  });
  const secrets = [dh1.value, dh2.value, dh3.value, sharedSecret] as const;
  const keys = deriveInitialKeys(crypto, transcript, secrets);
  const facts = { transcript, mark: markOf(ephemeral.publicKey, ciphertext) };
  return initiateSession(deps, facts, prologue, keys, card.spk);
}
