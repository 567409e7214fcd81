import { domainLabel, labelledHash } from '../codec/hash.ts';
import type { Brand } from '../types/brand.ts';
import { concatBytes, type Bytes } from '../types/bytes.ts';
import type {
  DhPublicKey,
  KemCiphertext,
  KemPublicKey,
  PersonaKey,
  QueueId,
  RecordId,
} from '../types/ids.ts';
import type { AeadKey, CryptoPort, SharedSecret } from '../types/ports.ts';

/** RK of the Double Ratchet, 32 bytes, secret. */
export type RootKey = Brand<Bytes, 'RootKey'>;
/** CKs or CKr of the Double Ratchet, 32 bytes, secret. */
export type ChainKey = Brand<Bytes, 'ChainKey'>;
/** T0: what both sides agree on before the sender is known, 32 bytes. */
export type PrologueHash = Brand<Bytes, 'PrologueHash'>;
/** T: everything a session is tied to, 32 bytes; also orders sessions. */
export type Transcript = Brand<Bytes, 'Transcript'>;

const suiteVersion = 1;
const suite = 1;
const keyBytes = 32;
/** RFC 5869 section 2.2 with SHA-512: HashLen zero bytes. */
const zeroSalt = new Uint8Array(64);
/** PQXDH section 2.2: F for X25519, so that the input never starts like a public key. */
const ikmPrefix = new Uint8Array(32).fill(0xff);
const messageKeyInput = Uint8Array.of(1);
const nextChainKeyInput = Uint8Array.of(2);

/** T0 = H(version, suite, card record id, EKa, ct). */
export function prologueHash(
  cardRecordId: RecordId,
  ephemeral: DhPublicKey,
  kemCiphertext: KemCiphertext,
): PrologueHash {
  return labelledHash(
    'first-message-prologue',
    suiteVersion,
    suite,
    cardRecordId,
    ephemeral,
    kemCiphertext,
  ) as PrologueHash;
}

/** The two ends of a first message: A sends, B owns the card. */
export interface TranscriptParties {
  readonly personaA: PersonaKey;
  readonly personaB: PersonaKey;
  readonly ikA: DhPublicKey;
  readonly ikB: DhPublicKey;
  readonly spk: DhPublicKey;
  readonly kem: KemPublicKey;
  readonly queueId: QueueId;
}

/** T = H(T0, persona A, persona B, ik A, ik B, spk, kem, queue id). */
export function transcriptHash(t0: PrologueHash, parties: TranscriptParties): Transcript {
  const { personaA, personaB, ikA, ikB, spk, kem, queueId } = parties;
  return labelledHash(
    'first-message-transcript',
    t0,
    personaA,
    personaB,
    ikA,
    ikB,
    spk,
    kem,
    queueId,
  ) as Transcript;
}

/** The key that seals the sender's identity. */
export function deriveSealKey(
  crypto: CryptoPort,
  t0: PrologueHash,
  dh3: SharedSecret,
  kemSecret: SharedSecret,
): AeadKey {
  const ikm = concatBytes(ikmPrefix, dh3, kemSecret);
  const info = concatBytes(domainLabel('first-message-seal'), t0);
  const key = crypto.hkdfSha512(zeroSalt, ikm, info, keyBytes) as AeadKey;
  crypto.wipe(ikm);
  return key;
}

/** RK, HKa and NHKb: what both ratchets start from (protocol.md, "First message"). */
export interface InitialKeys {
  readonly rootKey: RootKey;
  readonly headerKeyA: AeadKey;
  readonly nextHeaderKeyB: AeadKey;
}

/** Derives the session's first keys from the three Diffie-Hellman outputs and the KEM's secret. */
export function deriveInitialKeys(
  crypto: CryptoPort,
  transcript: Transcript,
  secrets: readonly [SharedSecret, SharedSecret, SharedSecret, SharedSecret],
): InitialKeys {
  const ikm = concatBytes(ikmPrefix, ...secrets);
  const info = concatBytes(domainLabel('first-message-keys'), transcript);
  const output = crypto.hkdfSha512(zeroSalt, ikm, info, 3 * keyBytes);
  const [rootKey, headerKeyA, nextHeaderKeyB] = splitThree(output);
  crypto.wipe(ikm, output);
  return {
    rootKey: rootKey as RootKey,
    headerKeyA: headerKeyA as AeadKey,
    nextHeaderKeyB: nextHeaderKeyB as AeadKey,
  };
}

/** KDF_RK_HE (Double Ratchet, "External functions" of the header encryption variant). */
export function rootStep(
  crypto: CryptoPort,
  rootKey: RootKey,
  dhOutput: SharedSecret,
): { readonly rootKey: RootKey; readonly chainKey: ChainKey; readonly nextHeaderKey: AeadKey } {
  const output = crypto.hkdfSha512(rootKey, dhOutput, domainLabel('ratchet-root'), 3 * keyBytes);
  const [nextRoot, chainKey, nextHeaderKey] = splitThree(output);
  crypto.wipe(output, dhOutput);
  return {
    rootKey: nextRoot as RootKey,
    chainKey: chainKey as ChainKey,
    nextHeaderKey: nextHeaderKey as AeadKey,
  };
}

/** KDF_CK (Double Ratchet, "Recommended cryptographic algorithms"): HMAC with the constants 1 and 2. */
export function chainStep(
  crypto: CryptoPort,
  chainKey: ChainKey,
): { readonly chainKey: ChainKey; readonly messageKey: AeadKey } {
  const message = crypto.hmacSha512(chainKey, messageKeyInput);
  const next = crypto.hmacSha512(chainKey, nextChainKeyInput);
  const messageKey = message.slice(0, keyBytes) as AeadKey;
  const nextKey = next.slice(0, keyBytes) as ChainKey;
  crypto.wipe(message, next);
  return { chainKey: nextKey, messageKey };
}

/** Whether two keys are the same, in time that does not depend on where they differ. */
export function isSameKey(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}

function splitThree(output: Bytes): readonly [Bytes, Bytes, Bytes] {
  return [
    output.slice(0, keyBytes),
    output.slice(keyBytes, 2 * keyBytes),
    output.slice(2 * keyBytes),
  ];
}
