import type { Bytes } from '../types/bytes.ts';

const blockBytes = 64;
const rounds = 64;

/** FIPS 180-4 sections 4.2.2 and 5.3.3: 32 bits behind the point of the first primes' cube and square roots. */
const constants = new Int32Array(rounds);
const initialState = new Int32Array(8);
for (const [index, prime] of firstPrimes(rounds).entries()) {
  constants[index] = Math.trunc((Math.cbrt(prime) % 1) * 2 ** 32);
  if (index < initialState.length)
    initialState[index] = Math.trunc((Math.sqrt(prime) % 1) * 2 ** 32);
}

const schedule = new Int32Array(rounds);

/**
 * SHA-256 (FIPS 180-4) of bytes that come piece by piece. `digest` leaves nothing of them behind
 * and begins anew. Signed numbers in typed arrays and locals: docs/decisions/0107.
 */
export class Sha256 {
  readonly #state = initialState.slice();
  readonly #block = new Uint8Array(blockBytes);
  #length = 0;

  update(bytes: Uint8Array): this {
    const { length } = bytes;
    const held = this.#length % blockBytes;
    this.#length += length;
    let at = 0;
    if (held > 0) {
      at = Math.min(blockBytes - held, length);
      this.#hold(bytes, 0, at, held);
      if (held + at < blockBytes) return this;
      compress(this.#state, this.#block, 0);
    }
    for (; at + blockBytes <= length; at += blockBytes) compress(this.#state, bytes, at);
    this.#hold(bytes, at, length, 0);
    return this;
  }

  /** 32 bytes. */
  digest(): Bytes {
    const block = this.#block;
    const state = this.#state;
    const held = this.#length % blockBytes;
    block.fill(0, held);
    block[held] = 0x80;
    if (held >= blockBytes - 8) {
      compress(state, block, 0);
      block.fill(0);
    }
    writeU32(block, blockBytes - 8, Math.floor(this.#length / 2 ** 29));
    writeU32(block, blockBytes - 4, this.#length << 3);
    compress(state, block, 0);
    const hash = new Uint8Array(32);
    for (let word = 0; word < 8; word++) writeU32(hash, word * 4, state[word] ?? 0);
    state.set(initialState);
    block.fill(0);
    schedule.fill(0);
    this.#length = 0;
    return hash;
  }

  /** Goes on from where another stands. */
  continueFrom(other: Sha256): this {
    this.#state.set(other.#state);
    this.#block.set(other.#block);
    this.#length = other.#length;
    return this;
  }

  #hold(bytes: Uint8Array, from: number, to: number, place: number): void {
    for (let at = from; at < to; at++) this.#block[place + at - from] = bytes[at] ?? 0;
  }
}

const whole = new Sha256();

/** SHA-256 of bytes that are all there, 32 bytes. */
export function sha256Bytes(...parts: readonly Uint8Array[]): Bytes {
  for (const part of parts) whole.update(part);
  return whole.digest();
}

/** FIPS 180-4 section 6.2.2, for the block at `at`. */
function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  for (let t = 0, from = at; t < 16; t++, from += 4) {
    schedule[t] =
      ((bytes[from] ?? 0) << 24) |
      ((bytes[from + 1] ?? 0) << 16) |
      ((bytes[from + 2] ?? 0) << 8) |
      (bytes[from + 3] ?? 0);
  }
  for (let t = 16; t < rounds; t++) {
    const x = schedule[t - 15] ?? 0;
    const y = schedule[t - 2] ?? 0;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[t] = ((schedule[t - 16] ?? 0) + s0 + (schedule[t - 7] ?? 0) + s1) | 0;
  }
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let t = 0; t < rounds; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (constants[t] ?? 0) + (schedule[t] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
  state[5] = (state[5] ?? 0) + f;
  state[6] = (state[6] ?? 0) + g;
  state[7] = (state[7] ?? 0) + h;
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return primes;
}
