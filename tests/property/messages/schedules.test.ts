import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '#core/types/bytes.ts';
import { End } from './network.ts';

type Move =
  | { readonly do: 'send'; readonly from: 0 | 1 }
  | { readonly do: 'deliver' | 'copy' | 'lose'; readonly to: 0 | 1; readonly pick: number };

const side = fc.constantFrom(0 as const, 1 as const);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('send' as const), from: side }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('deliver' as const, 'deliver' as const, 'copy' as const, 'lose' as const),
      to: side,
      pick: fc.nat(),
    }),
  },
);

interface Flying {
  readonly envelope: Bytes;
  readonly words: string;
}

/** Two ends and what is on its way to each. */
class Network {
  readonly ends: readonly [End, End];
  readonly flying: readonly [Flying[], Flying[]] = [[], []];
  readonly lost = new Set<string>();
  #count = 0;

  constructor(label: string) {
    this.ends = [new End(`${label} a`), new End(`${label} b`)];
  }

  play(next: Move): void {
    if (next.do === 'send') {
      this.send(next.from);
      return;
    }
    const queue = this.flying[next.to];
    const index = queue.length === 0 ? -1 : next.pick % queue.length;
    const chosen = queue[index];
    if (chosen === undefined) return;
    if (next.do !== 'copy') queue.splice(index, 1);
    if (next.do === 'lose') this.lost.add(chosen.words);
    else this.ends[next.to].take(chosen.envelope);
  }

  send(from: 0 | 1): void {
    const words = `${String(from)}:${String(this.#count++)}`;
    const envelope = this.ends[from].send(words);
    if (envelope !== null) this.flying[from === 0 ? 1 : 0].push({ envelope, words });
  }

  deliverAll(): void {
    for (const to of [0, 1] as const) {
      for (const { envelope } of this.flying[to].splice(0)) this.ends[to].take(envelope);
    }
  }
}

function expectReadOnce(network: Network): void {
  for (const [to, from] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const seen = [...network.ends[to].seen].sort();
    const arrived = network.ends[from].sent.filter((words) => !network.lost.has(words)).sort();
    // A copy may arrive of a message whose original was lost afterwards: then it was read as well.
    const unexpected = seen.filter((words) => !arrived.includes(words));
    expect(unexpected.every((words) => network.lost.has(words))).toBe(true);
    expect(seen.filter((words) => arrived.includes(words))).toEqual(arrived);
    expect(new Set(seen).size).toBe(seen.length);
  }
}

function expectHonestProofs(network: Network): void {
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const { sent, delivered } = network.ends[from];
    for (const sequence of delivered) {
      expect(network.ends[to].seen).toContain(sent[sequence]);
    }
  }
}

function sendingTranscripts(network: Network): readonly string[] {
  return network.ends.map(({ state }) =>
    Buffer.from(state?.sessions[0].session.transcript ?? []).toString('hex'),
  );
}

const runs = { numRuns: 150, seed: 20_261_121 };

describe('Whatever is reordered, copied and lost', () => {
  it('each message that arrives is read once, and proofs of delivery are true', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), fc.nat(), (moves, label) => {
        const network = new Network(`one ${String(label)}`);
        network.ends[0].begin(network.ends[1], 0);
        network.send(0);
        for (const next of moves) network.play(next);
        network.deliverAll();
        expectReadOnce(network);
        expectHonestProofs(network);
      }),
      runs,
    );
  });

  it('when both write first they meet on one session, and each message is read once', () => {
    const origins = fc.constantFrom(0 as const, 0 as const, 0 as const, 1 as const);
    fc.assert(
      fc.property(
        fc.array(move, { maxLength: 40 }),
        fc.nat(),
        origins,
        origins,
        (moves, label, originA, originB) => {
          const network = new Network(`both ${String(label)}`);
          const [a, b] = network.ends;
          a.begin(b, originA);
          b.begin(a, originB);
          network.send(0);
          network.send(1);
          for (const next of moves) network.play(next);
          network.deliverAll();
          for (let round = 0; round < 3; round++) {
            network.send(0);
            network.send(1);
            network.deliverAll();
          }
          expectReadOnce(network);
          expectHonestProofs(network);
          const [one, other] = sendingTranscripts(network);
          expect(one).toBe(other);
        },
      ),
      runs,
    );
  });
});
