/*
 * The first message of docs/protocol.md (PQXDH's shape: Signal, "The PQXDH Key Agreement Protocol",
 * section 3), from both sides, with every value between.
 */
import {
  decapsulate,
  derive,
  dh,
  dhPublic,
  encapsulate,
  hash,
  join,
  label,
  labelled,
  open,
  same,
  seal,
  verify,
  type Octets,
} from './primitives.ts';

export interface Persona {
  readonly persona: Octets;
  readonly ikPrivate: Octets;
  readonly ik: Octets;
  readonly bind: Octets;
}

export interface Card {
  readonly recordId: Octets;
  readonly persona: Octets;
  readonly ik: Octets;
  readonly bind: Octets;
  readonly spk: Octets;
  readonly kem: Octets;
  readonly queueId: Octets;
}

/** The private side of a card. */
export interface CardSecrets {
  readonly recordId: Octets;
  readonly spkPrivate: Octets;
  readonly kemSeed: Octets;
  readonly spk: Octets;
  readonly kem: Octets;
  readonly queueId: Octets;
}

const zeroSalt = new Uint8Array(64);
const zeroNonce = new Uint8Array(24);
const ffs = new Uint8Array(32).fill(0xff);

export function three(output: Octets): readonly [Octets, Octets, Octets] {
  return [output.slice(0, 32), output.slice(32, 64), output.slice(64, 96)];
}

export const isBound = (persona: Octets, ik: Octets, bind: Octets): boolean =>
  verify(persona, labelled('bind', ik), bind);

/** Version and suite, which the transcript names; others only to show that they are refused. */
export interface Suite {
  readonly version: number;
  readonly suite: number;
}
const suiteOne: Suite = { version: 1, suite: 1 };

/** A's side; or why A writes to no such card. */
export function writeFirst(
  me: Persona,
  card: Card,
  draws: { readonly ephemeralPrivate: Octets; readonly kemRandomness: Octets },
  { version, suite }: Suite = suiteOne,
) {
  const { ephemeralPrivate, kemRandomness } = draws;
  const ephemeral = dhPublic(ephemeralPrivate);
  const dh1 = dh(me.ikPrivate, card.spk);
  const dh2 = dh(ephemeralPrivate, card.ik);
  const dh3 = dh(ephemeralPrivate, card.spk);
  if (dh1 === null || dh2 === null || dh3 === null) throw new Error('low-order-point');
  const { ciphertext: kemCiphertext, secret: kemSecret } = encapsulate(card.kem, kemRandomness);
  const t0 = hash(
    'first-message-prologue',
    version,
    suite,
    card.recordId,
    ephemeral,
    kemCiphertext,
  );
  const sealKey = sealKeyOf(t0, dh3, kemSecret);
  const sealedIdentity = seal(sealKey, zeroNonce, join(me.persona, me.ik, me.bind), t0);
  const prologue = join(
    Uint8Array.of(1),
    card.recordId.subarray(0, 8),
    ephemeral,
    kemCiphertext,
    sealedIdentity,
  );
  const transcript = transcriptOf(t0, me, card, card);
  const keys = firstKeys(transcript, dh1, dh2, dh3, kemSecret);
  const mark = hash('first-message-mark', ephemeral, kemCiphertext);
  return {
    ...{ ephemeral, kemCiphertext, kemSecret, dh1, dh2, dh3, t0, sealKey, sealedIdentity },
    ...{ prologue, transcript, ...keys, mark },
  };
}

export interface ReadFirst {
  readonly sender: { readonly persona: Octets; readonly ik: Octets };
  readonly transcript: Octets;
  readonly rootKey: Octets;
  readonly headerKeyA: Octets;
  readonly nextHeaderKeyB: Octets;
}

/** B's side: what the 1,305 bytes before the header say; or the code of the refusal. */
export function readFirst(me: Persona, card: CardSecrets, prologue: Octets): ReadFirst | string {
  const ephemeral = prologue.slice(9, 41);
  const kemCiphertext = prologue.slice(41, 1_161);
  const dh3 = dh(card.spkPrivate, ephemeral);
  const dh2 = dh(me.ikPrivate, ephemeral);
  const kemSecret = decapsulate(card.kemSeed, kemCiphertext);
  if (dh3 === null || dh2 === null || kemSecret === null) return 'low-order-point';
  const t0 = hash('first-message-prologue', 1, 1, card.recordId, ephemeral, kemCiphertext);
  const identity = open(sealKeyOf(t0, dh3, kemSecret), zeroNonce, prologue.slice(1_161), t0);
  if (identity === null) return 'not-authentic';
  const sender = { persona: identity.slice(0, 32), ik: identity.slice(32, 64) };
  if (same(sender.persona, me.persona)) return 'reflected';
  if (!isBound(sender.persona, sender.ik, identity.slice(64))) return 'sender-not-bound';
  const dh1 = dh(card.spkPrivate, sender.ik);
  if (dh1 === null) return 'low-order-point';
  const transcript = transcriptOf(t0, sender, me, card);
  return { sender, transcript, ...firstKeys(transcript, dh1, dh2, dh3, kemSecret) };
}

function sealKeyOf(t0: Octets, dh3: Octets, kemSecret: Octets): Octets {
  const info = join(label('first-message-seal'), t0);
  return derive(zeroSalt, join(ffs, dh3, kemSecret), info, 32);
}

function transcriptOf(
  t0: Octets,
  a: { readonly persona: Octets; readonly ik: Octets },
  b: { readonly persona: Octets; readonly ik: Octets },
  card: { readonly spk: Octets; readonly kem: Octets; readonly queueId: Octets },
): Octets {
  const { spk, kem, queueId } = card;
  return hash('first-message-transcript', t0, a.persona, b.persona, a.ik, b.ik, spk, kem, queueId);
}

function firstKeys(transcript: Octets, ...secrets: readonly Octets[]) {
  const info = join(label('first-message-keys'), transcript);
  const output = derive(zeroSalt, join(ffs, ...secrets), info, 96);
  const [rootKey, headerKeyA, nextHeaderKeyB] = three(output);
  return { rootKey, headerKeyA, nextHeaderKeyB };
}
