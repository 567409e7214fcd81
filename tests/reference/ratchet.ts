/*
 * Signal, "The Double Ratchet Algorithm", revision 4, "Double Ratchet with header encryption": its
 * state variables and functions by their own names, with the limits of docs/protocol.md, "After it".
 */
import { three } from './handshake.ts';
import {
  derive,
  dh,
  dhPublic,
  join,
  label,
  mac,
  open,
  same,
  seal,
  type Octets,
} from './primitives.ts';

/** Hands out the bytes of a party's random tape, in order. */
export type Tape = (length: number) => Octets;

interface SkippedKey {
  readonly hk: Octets;
  readonly n: number;
  readonly mk: Octets;
  readonly day: number;
}

/** "State variables"; mutable, copied before a message is tried. */
export interface State {
  readonly T: Octets;
  DHs: { readonly privateKey: Octets; readonly publicKey: Octets };
  RK: Octets;
  CKs: Octets | null;
  CKr: Octets | null;
  Ns: number;
  Nr: number;
  PN: number;
  HKs: Octets | null;
  HKr: Octets | null;
  NHKs: Octets;
  NHKr: Octets;
  MKSKIPPED: SkippedKey[];
}

export const exhausted = 0xff_ff_ff_ff;
const maxSkip = 256;
const maxStored = 1_000;
const keptDays = 30;

export function KDF_RK_HE(rk: Octets, dhOutput: Octets) {
  const [rootKey, chainKey, nextHeaderKey] = three(derive(rk, dhOutput, label('ratchet-root'), 96));
  return { dhOutput, rootKey, chainKey, nextHeaderKey };
}

export function KDF_CK(ck: Octets): { readonly next: Octets; readonly mk: Octets } {
  return {
    next: mac(ck, Uint8Array.of(2)).slice(0, 32),
    mk: mac(ck, Uint8Array.of(1)).slice(0, 32),
  };
}

const keyPair = (privateKey: Octets) => ({ privateKey, publicKey: dhPublic(privateKey) });

function mustDh(privateKey: Octets, publicKey: Octets): Octets {
  const output = dh(privateKey, publicKey);
  if (output === null) throw new Refusal('low-order-point');
  return output;
}

/** A message that is not taken; whoever catches it drops the copy it was tried on. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export interface Shared {
  readonly transcript: Octets;
  readonly rootKey: Octets;
  readonly headerKeyA: Octets;
  readonly nextHeaderKeyB: Octets;
}

export function RatchetInitAliceHE(shared: Shared, spk: Octets, ratchetPrivate: Octets): State {
  const DHs = keyPair(ratchetPrivate);
  const step = KDF_RK_HE(shared.rootKey, mustDh(DHs.privateKey, spk));
  return {
    ...{ T: shared.transcript, DHs, RK: step.rootKey, CKs: step.chainKey, CKr: null },
    ...{ Ns: 0, Nr: 0, PN: 0, HKs: shared.headerKeyA, HKr: null },
    ...{ NHKs: step.nextHeaderKey, NHKr: shared.nextHeaderKeyB, MKSKIPPED: [] },
  };
}

export function RatchetInitBobHE(shared: Shared, spkPrivate: Octets): State {
  return {
    ...{ T: shared.transcript, DHs: keyPair(spkPrivate), RK: shared.rootKey, CKs: null, CKr: null },
    ...{ Ns: 0, Nr: 0, PN: 0, HKs: null, HKr: null },
    ...{ NHKs: shared.nextHeaderKeyB, NHKr: shared.headerKeyA, MKSKIPPED: [] },
  };
}

const u32 = (value: number): Octets =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
const readU32 = (bytes: Octets, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

export interface SealInput {
  readonly T: Octets;
  readonly prefix: Octets;
  readonly headerKey: Octets;
  readonly chainKey: Octets;
  readonly ratchetPublic: Octets;
  readonly previousCount: number;
  readonly number: number;
  readonly headerNonce: Octets;
  readonly bodyNonce: Octets;
  readonly padded: Octets;
}

/** One envelope, with every value between. */
export function sealMessage(input: SealInput) {
  const { T, prefix, headerNonce, bodyNonce } = input;
  const plainHeader = join(input.ratchetPublic, u32(input.previousCount), u32(input.number));
  const sealedHeader = seal(input.headerKey, headerNonce, plainHeader, join(T, prefix));
  const header = join(headerNonce, sealedHeader);
  const { next: nextChainKey, mk: messageKey } = KDF_CK(input.chainKey);
  const body = seal(messageKey, bodyNonce, input.padded, join(T, prefix, header));
  const envelope = join(prefix, header, bodyNonce, body);
  return { plainHeader, header, messageKey, nextChainKey, envelope };
}

/** RatchetEncryptHE. */
export function RatchetEncryptHE(state: State, tape: Tape, prefix: Octets, padded: Octets): Octets {
  if (state.CKs === null || state.HKs === null || state.Ns >= exhausted) {
    throw new Refusal('number-exhausted');
  }
  const sealed = sealMessage({
    ...{ T: state.T, prefix, headerKey: state.HKs, chainKey: state.CKs },
    ...{ ratchetPublic: state.DHs.publicKey, previousCount: state.PN, number: state.Ns },
    ...{ headerNonce: tape(24), bodyNonce: tape(24), padded },
  });
  state.CKs = sealed.nextChainKey;
  state.Ns += 1;
  return sealed.envelope;
}

export interface Cut {
  readonly prefix: Octets;
  readonly header: Octets;
  readonly body: Octets;
}

interface Header {
  readonly dh: Octets;
  readonly pn: number;
  readonly n: number;
}

/** What RatchetDecryptHE brought: `plain` is null where the header alone opened a chain. */
export interface Decrypted {
  readonly plain: Octets | null;
  readonly lost: number;
}

/** RatchetDecryptHE; changes the state it is given, also where it throws. */
export function RatchetDecryptHE(state: State, tape: Tape, cut: Cut, day: number): Decrypted {
  forgetSkipped(state, day);
  const late = TrySkippedMessageKeysHE(state, cut);
  if (late !== null) return { plain: late, lost: 0 };
  const current = state.HKr === null ? null : HDECRYPT(state, state.HKr, cut);
  if (current !== null) {
    if (current.n === exhausted) throw new Refusal('number-exhausted');
    if (current.n < state.Nr) throw new Refusal('key-used');
    if (current.n - state.Nr > maxSkip) throw new Refusal('gap-too-large');
    return { plain: openBody(state, cut, keyFor(state, current.n, day)), lost: 0 };
  }
  const header = HDECRYPT(state, state.NHKr, cut);
  if (header === null) throw new Refusal('not-authentic');
  if (header.n === exhausted) throw new Refusal('number-exhausted');
  return DHRatchetHE(state, tape, cut, header, day);
}

function HDECRYPT(state: State, hk: Octets, { prefix, header }: Cut): Header | null {
  const plain = open(hk, header.slice(0, 24), header.slice(24), join(state.T, prefix));
  return plain && { dh: plain.slice(0, 32), pn: readU32(plain, 32), n: readU32(plain, 36) };
}

function TrySkippedMessageKeysHE(state: State, cut: Cut): Octets | null {
  const headerKeys = state.MKSKIPPED.map(({ hk }) => hk);
  for (const hk of headerKeys.filter((key, at) => at === 0 || key !== headerKeys[at - 1])) {
    const header = HDECRYPT(state, hk, cut);
    if (header === null) continue;
    const kept = state.MKSKIPPED.find((key) => same(key.hk, hk) && key.n === header.n);
    if (kept !== undefined) {
      const plain = openBody(state, cut, kept.mk);
      state.MKSKIPPED = state.MKSKIPPED.filter((key) => key !== kept);
      return plain;
    }
    if (state.HKr === null || !same(hk, state.HKr)) throw new Refusal('key-used');
    return null;
  }
  return null;
}

function DHRatchetHE(state: State, tape: Tape, cut: Cut, header: Header, day: number): Decrypted {
  const missing = state.CKr === null ? 0 : Math.max(0, header.pn - state.Nr);
  const lost = missing > maxSkip ? missing : 0;
  if (lost === 0 && missing > 0) SkipMessageKeysHE(state, header.pn, day);
  state.HKr = state.NHKr;
  const receiving = KDF_RK_HE(state.RK, mustDh(state.DHs.privateKey, header.dh));
  state.RK = receiving.rootKey;
  state.CKr = receiving.chainKey;
  state.NHKr = receiving.nextHeaderKey;
  state.Nr = 0;
  const isWithin = header.n <= maxSkip;
  const plain = isWithin ? openBody(state, cut, keyFor(state, header.n, day)) : null;
  state.PN = state.Ns;
  state.Ns = 0;
  state.HKs = state.NHKs;
  state.DHs = keyPair(tape(32));
  const sending = KDF_RK_HE(state.RK, mustDh(state.DHs.privateKey, header.dh));
  state.RK = sending.rootKey;
  state.CKs = sending.chainKey;
  state.NHKs = sending.nextHeaderKey;
  return { plain, lost };
}

function keyFor(state: State, n: number, day: number): Octets {
  SkipMessageKeysHE(state, n, day);
  if (state.CKr === null) throw new Error('no receiving chain');
  const { next, mk } = KDF_CK(state.CKr);
  state.CKr = next;
  state.Nr += 1;
  return mk;
}

function SkipMessageKeysHE(state: State, until: number, day: number): void {
  if (state.HKr === null) throw new Error('no receiving chain');
  while (state.CKr !== null && state.Nr < until) {
    const { next, mk } = KDF_CK(state.CKr);
    state.MKSKIPPED.push({ hk: state.HKr, n: state.Nr, mk, day });
    state.CKr = next;
    state.Nr += 1;
  }
  state.MKSKIPPED = state.MKSKIPPED.slice(-maxStored);
}

export function forgetSkipped(state: State, day: number): void {
  state.MKSKIPPED = state.MKSKIPPED.filter((key) => day - key.day <= keptDays);
}

function openBody(state: State, { prefix, header, body }: Cut, mk: Octets): Octets {
  const ad = join(state.T, prefix, header);
  const padded = open(mk, body.slice(0, 24), body.slice(24), ad);
  if (padded === null) throw new Refusal('not-authentic');
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (end < 0 || padded[end] !== 0x80) throw new Refusal('malformed-padding');
  return padded.slice(0, end);
}

/** ISO/IEC 7816-4 up to `length` bytes; null where there is no room for the 0x80. */
export function pad(payload: Uint8Array, length: number): Octets | null {
  if (payload.length >= length) return null;
  return join(payload, Uint8Array.of(0x80), new Uint8Array(length - payload.length - 1));
}
