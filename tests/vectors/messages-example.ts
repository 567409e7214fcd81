/**
 * A second implementation of the first message, its answer and a reply, straight down the page of
 * docs/protocol.md and on other libraries (noble) than the app's (libsodium). It shares with the
 * app only the CBOR encoder and the labelled hash, which have vectors of their own.
 * `node tests/vectors/messages-example.ts` writes messages.json anew.
 */
import { writeFileSync } from 'node:fs';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js';
import { encodeCbor, type CborValue } from '#core/codec/cbor.ts';
import { domainLabel, labelledBytes, labelledHash, sha256Bytes } from '#core/codec/hash.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';

const utf8 = new TextEncoder();
const ffs = new Uint8Array(32).fill(0xff);
const zeroSalt = new Uint8Array(64);
const keyOf = (label: string, length = 32): Bytes =>
  concatBytes(sha256Bytes(utf8.encode(label)), sha256Bytes(utf8.encode(`${label} 2`))).slice(
    0,
    length,
  );

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

const dh = (privateKey: Uint8Array, publicKey: Uint8Array): Bytes =>
  new Uint8Array(x25519.getSharedSecret(privateKey, publicKey));
const dhPublic = (privateKey: Uint8Array): Bytes => new Uint8Array(x25519.getPublicKey(privateKey));
const mac = (key: Uint8Array, byte: number): Bytes =>
  new Uint8Array(hmac(sha512, key, Uint8Array.of(byte))).slice(0, 32);
const aead = (key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, ad: Uint8Array): Bytes =>
  new Uint8Array(xchacha20poly1305(key, nonce, ad).encrypt(plain));

function three(output: Uint8Array): [Bytes, Bytes, Bytes] {
  return [
    new Uint8Array(output.subarray(0, 32)),
    new Uint8Array(output.subarray(32, 64)),
    new Uint8Array(output.subarray(64, 96)),
  ];
}

function rootStep(rootKey: Uint8Array, dhOutput: Uint8Array) {
  const output = hkdf(sha512, dhOutput, rootKey, domainLabel('ratchet-root'), 96);
  const [nextRootKey, chainKey, nextHeaderKey] = three(output);
  return { dhOutput: new Uint8Array(dhOutput), rootKey: nextRootKey, chainKey, nextHeaderKey };
}

function pad(payload: Uint8Array, length: number): Bytes {
  return concatBytes(payload, Uint8Array.of(0x80), new Uint8Array(length - payload.length - 1));
}

interface Sealing {
  readonly prefix: Uint8Array;
  readonly envelopeBytes: number;
  readonly transcript: Uint8Array;
  readonly headerKey: Uint8Array;
  readonly chainKey: Uint8Array;
  readonly ratchetPublic: Uint8Array;
  readonly previousCount: number;
  readonly headerNonce: Uint8Array;
  readonly bodyNonce: Uint8Array;
  readonly payload: CborValue;
}

/** A message whose N is 0, as of all three. */
function sealMessage(sealing: Sealing) {
  const { prefix, transcript } = sealing;
  const payload = encodeCbor(sealing.payload);
  const padded = pad(payload, sealing.envelopeBytes - prefix.length - 80 - 40);
  const plainHeader = concatBytes(
    sealing.ratchetPublic,
    Uint8Array.of(0, 0, 0, sealing.previousCount, 0, 0, 0, 0),
  );
  const headerAd = concatBytes(transcript, prefix);
  const header = concatBytes(
    sealing.headerNonce,
    aead(sealing.headerKey, sealing.headerNonce, plainHeader, headerAd),
  );
  const messageKey = mac(sealing.chainKey, 1);
  const nextChainKey = mac(sealing.chainKey, 2);
  const bodyAd = concatBytes(transcript, prefix, header);
  const body = concatBytes(sealing.bodyNonce, aead(messageKey, sealing.bodyNonce, padded, bodyAd));
  const envelope = concatBytes(prefix, header, body);
  return { payload, plainHeader, header, messageKey, nextChainKey, envelope };
}

/** Every value of the example, from its inputs. */
export function computeExample() {
  const { alice, bob, answeredRecord, texts, aliceDraws, bobDraws } = exampleInputs;
  const [text1 = '', text2 = '', text3 = ''] = texts;
  const personaA = new Uint8Array(ed25519.getPublicKey(alice.personaSeed));
  const personaB = new Uint8Array(ed25519.getPublicKey(bob.personaSeed));
  const ikA = dhPublic(alice.ikPrivate);
  const ikB = dhPublic(bob.ikPrivate);
  const bindA = new Uint8Array(ed25519.sign(labelledBytes('bind', ikA), alice.personaSeed));
  const bindB = new Uint8Array(ed25519.sign(labelledBytes('bind', ikB), bob.personaSeed));
  const spk = dhPublic(bob.spkPrivate);
  const kem = new Uint8Array(xwing.keygen(bob.kemSeed).publicKey);

  const ephemeral = dhPublic(aliceDraws.ephemeralPrivate);
  const encapsulated = xwing.encapsulate(kem, aliceDraws.kemRandomness);
  const kemCiphertext = new Uint8Array(encapsulated.cipherText);
  const kemSecret = new Uint8Array(encapsulated.sharedSecret);
  const dh1 = dh(alice.ikPrivate, spk);
  const dh2 = dh(aliceDraws.ephemeralPrivate, ikB);
  const dh3 = dh(aliceDraws.ephemeralPrivate, spk);
  const t0 = labelledHash(
    'first-message-prologue',
    1,
    1,
    bob.cardRecordId,
    ephemeral,
    kemCiphertext,
  );
  const sealInfo = concatBytes(domainLabel('first-message-seal'), t0);
  const sealKey = new Uint8Array(
    hkdf(sha512, concatBytes(ffs, dh3, kemSecret), zeroSalt, sealInfo, 32),
  );
  const identity = concatBytes(personaA, ikA, bindA);
  const sealedIdentity = aead(sealKey, new Uint8Array(24), identity, t0);
  const transcript = labelledHash(
    'first-message-transcript',
    t0,
    personaA,
    personaB,
    ikA,
    ikB,
    spk,
    kem,
    bob.contactQueueId,
  );
  const keysInfo = concatBytes(domainLabel('first-message-keys'), transcript);
  const ikm = concatBytes(ffs, dh1, dh2, dh3, kemSecret);
  const [rootKey, headerKeyA, nextHeaderKeyB] = three(hkdf(sha512, ikm, zeroSalt, keysInfo, 96));
  const mark = labelledHash('first-message-mark', ephemeral, kemCiphertext);

  const ratchetA1 = dhPublic(aliceDraws.ratchetPrivate1);
  const stepA1 = rootStep(rootKey, dh(aliceDraws.ratchetPrivate1, spk));
  const prologue = concatBytes(
    Uint8Array.of(1),
    bob.cardRecordId.subarray(0, 8),
    ephemeral,
    kemCiphertext,
    sealedIdentity,
  );
  const first = sealMessage({
    prefix: prologue,
    envelopeBytes: 4_096,
    transcript,
    headerKey: headerKeyA,
    chainKey: stepA1.chainKey,
    ratchetPublic: ratchetA1,
    previousCount: 0,
    headerNonce: aliceDraws.headerNonce1,
    bodyNonce: aliceDraws.bodyNonce1,
    payload: [
      1,
      0,
      0,
      [0, []],
      [alice.queueId, alice.queueCap, [alice.relay]],
      [0, answeredRecord.address, answeredRecord.id],
      [text1],
    ],
  });

  const ratchetB = dhPublic(bobDraws.ratchetPrivate);
  const stepB = rootStep(stepA1.rootKey, dh(bobDraws.ratchetPrivate, ratchetA1));
  const answer = sealMessage({
    prefix: Uint8Array.of(2),
    envelopeBytes: 512,
    transcript,
    headerKey: nextHeaderKeyB,
    chainKey: stepB.chainKey,
    ratchetPublic: ratchetB,
    previousCount: 0,
    headerNonce: bobDraws.headerNonce,
    bodyNonce: bobDraws.bodyNonce,
    payload: [1, 0, 0, [1, []], [bob.queueId, bob.queueCap, [bob.relay]], null, [text2]],
  });

  const ratchetA2 = dhPublic(aliceDraws.ratchetPrivate2);
  const stepA2 = rootStep(stepB.rootKey, dh(aliceDraws.ratchetPrivate2, ratchetB));
  const reply = sealMessage({
    prefix: Uint8Array.of(2),
    envelopeBytes: 512,
    transcript,
    headerKey: stepA1.nextHeaderKey,
    chainKey: stepA2.chainKey,
    ratchetPublic: ratchetA2,
    previousCount: 1,
    headerNonce: aliceDraws.headerNonce2,
    bodyNonce: aliceDraws.bodyNonce2,
    payload: [1, 0, 1, [1, []], null, null, [text3]],
  });
  return {
    personaA,
    personaB,
    ikA,
    ikB,
    bindA,
    bindB,
    spk,
    kem,
    ephemeral,
    kemCiphertext,
    kemSecret,
    dh1,
    dh2,
    dh3,
    t0,
    sealKey,
    sealedIdentity,
    transcript,
    rootKey,
    headerKeyA,
    nextHeaderKeyB,
    mark,
    ratchetA1,
    stepA1,
    first,
    ratchetB,
    stepB,
    answer,
    ratchetA2,
    stepA2,
    reply,
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
