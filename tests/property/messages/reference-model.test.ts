import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { Body } from '#tests/reference/payload.ts';
import { openingOf, today } from '#tests/unit/messages/parties.ts';
import { LockstepEnd } from './lockstep.ts';

type Side = 0 | 1;
type Move =
  | { readonly do: 'send'; readonly from: Side; readonly body: Body }
  | { readonly do: 'send-raw'; readonly from: Side; readonly bytes: Bytes }
  | { readonly do: 'deliver' | 'copy' | 'lose'; readonly to: Side; readonly pick: number }
  | { readonly do: 'flip'; readonly to: Side; readonly pick: number; readonly at: number }
  | { readonly do: 'splice'; readonly to: Side; readonly pick: number; readonly at: number }
  | { readonly do: 'reflect' | 'deliver-all'; readonly to: Side; readonly pick: number }
  | { readonly do: 'flood' | 'burst'; readonly from: Side; readonly count: number }
  | { readonly do: 'move-queue' | 'restore'; readonly from: Side }
  | { readonly do: 'wait'; readonly days: number };

const side = fc.constantFrom<Side>(0, 1);
const text = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.nat({ max: 60 }) },
      { weight: 2, arbitrary: fc.constantFrom(250, 390, 800, 1_000, 1_900, 2_300) },
      { weight: 1, arbitrary: fc.constantFrom(2_700, 3_899, 3_900, 3_901) },
    ),
    fc.constantFrom('a', 'س', '…'),
  )
  .map(([bytes, letter]): Body => {
    const width = Buffer.byteLength(letter);
    return {
      type: 'text',
      text: letter.repeat(Math.floor(bytes / width)) + 'x'.repeat(bytes % width),
    };
  });
const body: fc.Arbitrary<Body> = fc.oneof(
  { weight: 12, arbitrary: text },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Body>(
      { type: 'step' },
      { type: 'receipt' },
      { type: 'queue' },
      { type: 'decline' },
      { type: 'lifetime', days: 7 },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Body>(
      { type: 'lifetime', days: 2 },
      { type: 'text', text: 'half \ud800' },
    ),
  },
);
/** CBOR of other versions, types and forms, and bytes that are none. */
const raw = fc
  .constantFrom(
    ...['87020000820080f6f68161', '87010000820080f6f68161'],
    ...['870107008200 80f6f680', '87010900820080f6f680', '86010000820080f6', '', '80', 'ff00'],
    ...['87010300820080f6f680', '87010100820080f6f6', '8701001a00000000820080f6f68161 61'],
  )
  .map((hex) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
const pick = fc.nat({ max: 1_000 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ do: fc.constant('send' as const), from: side, body }) },
  {
    weight: 40,
    arbitrary: fc.record({
      do: fc.constantFrom('deliver' as const, 'deliver' as const, 'copy' as const, 'lose' as const),
      to: side,
      pick,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('flip' as const, 'splice' as const),
      to: side,
      pick,
      at: fc.nat({ max: 4_095 }),
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      do: fc.constantFrom('reflect' as const, 'deliver-all' as const, 'deliver-all' as const),
      to: side,
      pick,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('send-raw' as const), from: side, bytes: raw }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('move-queue' as const, 'restore' as const),
      from: side,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      days: fc.constantFrom(1, 1, 30, 31, 37, 38, 61, 62),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('burst' as const),
      from: side,
      count: fc.constantFrom(4, 12, 24),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('flood' as const),
      from: side,
      count: fc.constantFrom(20, 255, 257, 258),
    }),
  },
);

const schedule = fc.array(move, { minLength: 10, maxLength: 80, size: 'max' });

/** Two ends in lockstep and what is on its way to each, also what was delivered already. */
class Lockstep {
  readonly ends: readonly [LockstepEnd, LockstepEnd];
  readonly #flying: readonly [Bytes[], Bytes[]] = [[], []];
  readonly #old: Bytes[] = [];
  #day = today;

  constructor(label: string) {
    this.ends = [new LockstepEnd(`${label} a`), new LockstepEnd(`${label} b`)];
  }

  begin(from: Side, origin: 0 | 1): void {
    const opening = openingOf(origin, `answered by ${String(from)}`);
    this.ends[from].begin(this.ends[from === 0 ? 1 : 0], opening);
    this.#fly(from, this.ends[from].send({ type: 'text', text: 'first' }, this.#day));
  }

  play(next: Move): void {
    switch (next.do) {
      case 'send':
        this.#fly(next.from, this.ends[next.from].send(next.body, this.#day));
        break;
      case 'send-raw':
        this.#fly(next.from, this.ends[next.from].sendRaw(next.bytes));
        break;
      case 'flood':
        this.#flood(next.from, next.count);
        break;
      case 'burst':
        this.#burst(next.from, next.count);
        break;
      case 'move-queue':
        this.ends[next.from].moveQueue();
        break;
      case 'restore':
        this.ends[next.from].restore();
        this.begin(next.from, 1);
        break;
      case 'wait':
        this.#day = (this.#day + next.days) as Day;
        break;
      default:
        this.#handOver(next);
    }
  }

  settle(): void {
    for (const to of [0, 1] as const) {
      for (const envelope of this.#flying[to].splice(0)) this.#take(to, envelope);
    }
  }

  #handOver(next: Extract<Move, { to: Side }>): void {
    const queue = this.#flying[next.to];
    if (next.do === 'deliver-all') {
      for (const envelope of queue.splice(0)) this.#take(next.to, envelope);
      return;
    }
    const pool = next.do === 'copy' ? [...queue, ...this.#old] : queue;
    const chosen = pool[next.pick % Math.max(1, pool.length)];
    if (chosen === undefined) return;
    if (next.do === 'deliver' || next.do === 'lose') queue.splice(queue.indexOf(chosen), 1);
    if (next.do === 'flip') this.#take(next.to, flipped(chosen, next.at));
    else if (next.do === 'splice') this.#take(next.to, this.#spliced(chosen, next.at));
    else if (next.do === 'reflect') this.#take(next.to === 0 ? 1 : 0, chosen);
    else if (next.do !== 'lose') this.#take(next.to, chosen);
  }

  /** The end of another envelope of the same type and size, from anywhere in the run. */
  #spliced(envelope: Bytes, at: number): Bytes {
    const others = [...this.#old, ...this.#flying[0], ...this.#flying[1]].filter(
      (other) => other !== envelope && other[0] === envelope[0] && other.length === envelope.length,
    );
    const other = others[at % Math.max(1, others.length)];
    const spliced = new Uint8Array(envelope);
    const cut = 1 + (at % (envelope.length - 1));
    if (other !== undefined) spliced.set(other.subarray(cut), cut);
    return spliced;
  }

  /** All lost but the last; what it sets off is delivered, and one more is sent. */
  #flood(from: Side, count: number): void {
    const flood = Array.from({ length: count }, (_, index) =>
      this.ends[from].send({ type: 'text', text: String(index) }, this.#day),
    );
    this.#fly(from, flood.at(-1) ?? null);
    this.settle();
    this.settle();
    this.#fly(from, this.ends[from].send({ type: 'text', text: 'and after it' }, this.#day));
  }

  /** Several at once, of which every sixth is lost, the first too. */
  #burst(from: Side, count: number): void {
    for (let index = 0; index < count; index++) {
      const sealed = this.ends[from].send({ type: 'text', text: String(index) }, this.#day);
      if (index % 6 !== 0) this.#fly(from, sealed);
    }
  }

  #take(to: Side, envelope: Bytes): void {
    this.#old.push(envelope);
    const verdict = this.ends[to].take(envelope, this.#day);
    if ('refused' in verdict || !verdict.needsStep) return;
    this.#fly(to, this.ends[to].send({ type: 'step' }, this.#day));
  }

  #fly(from: Side, envelope: Bytes | null): void {
    if (envelope !== null) this.#flying[from === 0 ? 1 : 0].push(envelope);
  }
}

function flipped(envelope: Bytes, at: number): Bytes {
  const changed = new Uint8Array(envelope);
  const index = at % envelope.length;
  changed[index] = (changed[index] ?? 0) ^ (1 + (at % 255));
  return changed;
}

/** A long run: WALLFLOWER_MODEL_RUNS schedules, from the seed WALLFLOWER_MODEL_SEED. */
const numRuns = Number(process.env['WALLFLOWER_MODEL_RUNS'] ?? 20);
const seed = Number(process.env['WALLFLOWER_MODEL_SEED'] ?? 20_261_121);
const met = new Map<string, number>();

function playLockstep(label: string, begin: (run: Lockstep) => void, moves: readonly Move[]): void {
  const run = new Lockstep(label);
  begin(run);
  for (const next of moves) run.play(next);
  run.settle();
  for (const end of run.ends) {
    for (const [what, count] of end.met) met.set(what, (met.get(what) ?? 0) + count);
  }
}

describe('On one random tape the app and the reference model agree on every byte, verdict and key', () => {
  it('when one writes first', { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(schedule, fc.nat(), (moves, label) => {
        playLockstep(`one ${String(label)}`, (run) => run.begin(0, 0), moves);
      }),
      { numRuns, seed },
    );
  });

  it('when both write first, restored or not', { timeout: 3_600_000 }, () => {
    const origin = fc.constantFrom<0 | 1>(0, 0, 1);
    fc.assert(
      fc.property(schedule, fc.nat(), origin, origin, (moves, label, ofOne, ofTwo) => {
        const begin = (run: Lockstep) => {
          run.begin(0, ofOne);
          run.begin(1, ofTwo);
        };
        playLockstep(`both ${String(label)}`, begin, moves);
      }),
      { numRuns, seed },
    );
  });

  afterAll(() => {
    if (process.env['WALLFLOWER_MODEL_RUNS'] !== undefined) {
      process.stdout.write(`${JSON.stringify(Object.fromEntries(met), null, 2)}\n`);
    }
  });

  it('in schedules that met what they are for', () => {
    const expected = ['text', 'duplicate', 'lost', 'needs step', 'not-authentic', 'unknown-card'];
    const kinds = [...expected, 'malformed-payload', 'payload-too-long', 'sealed type 2 of 2048'];
    expect(kinds.filter((kind) => !met.has(kind))).toEqual([]);
  });
});
