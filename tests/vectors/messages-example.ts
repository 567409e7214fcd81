/*
 * The worked example of docs/protocol.md: a first message, an answer and a reply, computed by the
 * reference model (tests/reference), which stands on other libraries than the app's.
 * `node tests/vectors/messages-example.ts` writes messages.json anew.
 */
import { writeFileSync } from 'node:fs';
import { encode, type Item } from '#tests/reference/cbor.ts';
import { writeFirst } from '#tests/reference/handshake.ts';
import {
  dh,
  dhPublic,
  join,
  kemPublic,
  labelled,
  plainHash,
  sign,
  signPublic,
  type Octets,
} from '#tests/reference/primitives.ts';
import { KDF_RK_HE, pad, sealMessage, type SealInput } from '#tests/reference/ratchet.ts';

const utf8 = new TextEncoder();
const keyOf = (name: string, length = 32): Octets =>
  join(plainHash(utf8.encode(name)), plainHash(utf8.encode(`${name} 2`))).slice(0, length);

/** Secrets, names and randomness of the example: SHA-256 of what they are called. */
export const exampleInputs = {
  alice: {
    personaSeed: keyOf('alice persona seed'),
    ikPrivate: keyOf('alice ik'),
    queueId: keyOf('alice queue id'),
    queueCap: keyOf('alice queue cap'),
    relay: 'https://relay.example',
  },
  bob: {
    personaSeed: keyOf('bob persona seed'),
    ikPrivate: keyOf('bob ik'),
    spkPrivate: keyOf('bob spk'),
    kemSeed: keyOf('bob kem seed'),
    cardRecordId: keyOf('bob card record id'),
    contactQueueId: keyOf('bob contact queue id'),
    queueId: keyOf('bob queue id'),
    queueCap: keyOf('bob queue cap'),
    relay: 'https://relay.example',
  },
  answeredRecord: { address: keyOf('record address'), id: keyOf('record id') },
  texts: ['I can drive on Friday.', 'Thank you. Ten in the morning?', 'Ten it is.'],
  /** What each side draws, in this order. */
  aliceDraws: {
    ephemeralPrivate: keyOf('alice ephemeral'),
    kemRandomness: keyOf('alice kem randomness', 64),
    ratchetPrivate1: keyOf('alice ratchet 1'),
    headerNonce1: keyOf('alice header nonce 1', 24),
    bodyNonce1: keyOf('alice body nonce 1', 24),
    ratchetPrivate2: keyOf('alice ratchet 2'),
    headerNonce2: keyOf('alice header nonce 2', 24),
    bodyNonce2: keyOf('alice body nonce 2', 24),
  },
  bobDraws: {
    ratchetPrivate: keyOf('bob ratchet'),
    headerNonce: keyOf('bob header nonce', 24),
    bodyNonce: keyOf('bob body nonce', 24),
    /** Drawn when the reply opens a new chain. */
    ratchetPrivate2: keyOf('bob ratchet 2'),
  },
};

function rootStep(rootKey: Octets, privateKey: Octets, publicKey: Octets) {
  const output = dh(privateKey, publicKey);
  if (output === null) throw new Error('low-order-point');
  return KDF_RK_HE(rootKey, output);
}

/** A message whose N is 0, as of all three, with its payload. */
function sealPayload(
  payload: Item,
  envelopeBytes: number,
  input: Omit<SealInput, 'padded' | 'number'>,
) {
  const bytes = encode(payload);
  const padded = pad(bytes, envelopeBytes - input.prefix.length - 80 - 40);
  if (padded === null) throw new Error('too long');
  return { payload: bytes, ...sealMessage({ ...input, number: 0, padded }) };
}

/** Every value of the example, from its inputs. */
export function computeExample() {
  const { alice, bob, answeredRecord, texts, aliceDraws, bobDraws } = exampleInputs;
  const [text1 = '', text2 = '', text3 = ''] = texts;
  const personaA = signPublic(alice.personaSeed);
  const personaB = signPublic(bob.personaSeed);
  const ikA = dhPublic(alice.ikPrivate);
  const ikB = dhPublic(bob.ikPrivate);
  const bindA = sign(alice.personaSeed, labelled('bind', ikA));
  const bindB = sign(bob.personaSeed, labelled('bind', ikB));
  const spk = dhPublic(bob.spkPrivate);
  const kem = kemPublic(bob.kemSeed);
  const me = { persona: personaA, ikPrivate: alice.ikPrivate, ik: ikA, bind: bindA };
  const card = {
    ...{ recordId: bob.cardRecordId, persona: personaB, ik: ikB, bind: bindB },
    ...{ spk, kem, queueId: bob.contactQueueId },
  };
  const { prologue, ...begun } = writeFirst(me, card, aliceDraws);
  const { transcript: T } = begun;

  const ratchetA1 = dhPublic(aliceDraws.ratchetPrivate1);
  const stepA1 = rootStep(begun.rootKey, aliceDraws.ratchetPrivate1, spk);
  const first = sealPayload(
    [
      ...[1, 0, 0, [0, []]],
      [alice.queueId, alice.queueCap, [alice.relay]],
      [0, answeredRecord.address, answeredRecord.id],
      [text1],
    ],
    4_096,
    {
      ...{ T, prefix: prologue, headerKey: begun.headerKeyA, chainKey: stepA1.chainKey },
      ...{ ratchetPublic: ratchetA1, previousCount: 0 },
      ...{ headerNonce: aliceDraws.headerNonce1, bodyNonce: aliceDraws.bodyNonce1 },
    },
  );

  const ratchetB = dhPublic(bobDraws.ratchetPrivate);
  const stepB = rootStep(stepA1.rootKey, bobDraws.ratchetPrivate, ratchetA1);
  const answer = sealPayload(
    [1, 0, 0, [1, []], [bob.queueId, bob.queueCap, [bob.relay]], null, [text2]],
    512,
    {
      ...{ T, prefix: Uint8Array.of(2), headerKey: begun.nextHeaderKeyB, chainKey: stepB.chainKey },
      ...{ ratchetPublic: ratchetB, previousCount: 0 },
      ...{ headerNonce: bobDraws.headerNonce, bodyNonce: bobDraws.bodyNonce },
    },
  );

  const ratchetA2 = dhPublic(aliceDraws.ratchetPrivate2);
  const stepA2 = rootStep(stepB.rootKey, aliceDraws.ratchetPrivate2, ratchetB);
  const reply = sealPayload([1, 0, 1, [1, []], null, null, [text3]], 512, {
    ...{ T, prefix: Uint8Array.of(2), headerKey: stepA1.nextHeaderKey, chainKey: stepA2.chainKey },
    ...{ ratchetPublic: ratchetA2, previousCount: 1 },
    ...{ headerNonce: aliceDraws.headerNonce2, bodyNonce: aliceDraws.bodyNonce2 },
  });
  return {
    ...{ personaA, personaB, ikA, ikB, bindA, bindB, spk, kem },
    ...begun,
    ...{ ratchetA1, stepA1, first, ratchetB, stepB, answer, ratchetA2, stepA2, reply },
  };
}

/** Bytes as lowercase hex, all the way down. */
export function inHex(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(inHex);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inHex(inner)]));
}

/** The content of messages.json. */
export function exampleInHex(): unknown {
  return inHex({ inputs: exampleInputs, values: computeExample() });
}

if (process.argv[1] === import.meta.filename) {
  const path = new URL('messages.json', import.meta.url);
  writeFileSync(path, `${JSON.stringify(exampleInHex(), null, 2)}\n`);
}
