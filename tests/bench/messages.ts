import { createBareAead, PrimitiveRecorder } from './messages-floor.ts';
import { OlmEnds } from './messages-olm.ts';
import { OwnEnds, type Ends } from './messages-own.ts';
import { roundFigure, type BenchRow } from './report.ts';

const short = 'ten chars.';
const texts: readonly (readonly [string, string, number | null])[] = [
  ['10 Latin characters', short, 512],
  ['1,000 Latin characters', 'a'.repeat(1_000), 2_048],
  ['10 Arabic characters', 'س'.repeat(10), null],
  ['1,000 Arabic characters', 'س'.repeat(1_000), 4_096],
];
const rounds = 9;
/** Rounds before those that count: what runs a while is compiled. */
const warmUps = 6;
const handshakesARound = 40;
const messagesARound = 500;
/** figures.md: encrypt and decrypt within so many times the bare primitives. */
const maxRatio = 3;

/** Milliseconds of this thread's own time: a busy machine does not stretch it as it does a clock's. */
function ownMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Milliseconds for one of many, the median of the rounds; all works take turns in each round. */
function timeEach<K extends string>(
  works: Readonly<Record<K, () => void>>,
  count: number,
): Record<K, number> {
  const names = Object.keys(works) as K[];
  const samples = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const name of names) {
      const start = ownMs();
      for (let index = 0; index < count; index++) works[name]();
      if (round >= 0) samples.get(name)?.push((ownMs() - start) / count);
    }
  }
  const median = (name: K) => (samples.get(name) ?? []).toSorted((a, b) => a - b)[rounds >> 1] ?? 0;
  return Object.fromEntries(names.map((name) => [name, median(name)])) as Record<K, number>;
}

function rateRow(what: string, own: number, olm: number, bare: number): BenchRow {
  return {
    ...{ bench: 'messages', what, value: roundFigure(1_000 / own), unit: '/s' },
    ...{ target: null, met: null, peer: 'libolm', peerValue: roundFigure(1_000 / olm) },
    floor: roundFigure(1_000 / bare),
  };
}

function ratioRow(what: string, ratio: number, target: number | null): BenchRow {
  return {
    ...{ bench: 'messages', what, value: roundFigure(ratio), unit: 'x', target },
    met: target === null ? null : ratio <= target,
    ...{ peer: null, peerValue: null, floor: null },
  };
}

interface Works {
  readonly own: () => void;
  readonly olm: () => void;
  readonly bare: () => void;
}

function rowsOf(what: string, works: Works, count: number): readonly BenchRow[] {
  const ms = timeEach({ own: works.own, olm: works.olm, bare: works.bare }, count);
  return [
    rateRow(`${what} (floor: its primitives and nonces, bare)`, ms.own, ms.olm, ms.bare),
    ratioRow(`  time, of its bare primitives’`, ms.own / ms.bare, maxRatio),
    ratioRow(`  time, of libolm’s`, ms.own / ms.olm, null),
  ];
}

/** Each message answers the one before: every one takes a Diffie-Hellman step. */
const pingPong = (ends: Ends) => {
  let from: 0 | 1 = 0;
  return () => {
    ends.say(from, short);
    from = from === 0 ? 1 : 0;
  };
};

async function speedRows(): Promise<readonly BenchRow[]> {
  const [own, stored, olm] = [
    await OwnEnds.create(),
    await OwnEnds.create({ isStored: true }),
    await OlmEnds.create(),
  ];
  const recorder = await PrimitiveRecorder.create();
  const recorded = new OwnEnds({ crypto: recorder.port, random: recorder.random });
  const shake = (ends: Ends) => () => {
    ends.prepare();
    ends.shakeHands(short);
  };
  shake(recorded)();
  const bareHandshake = recorder.takeReplay();
  const handshakes = rowsOf(
    'handshakes, libolm’s without a post-quantum part',
    { own: shake(own), olm: shake(olm), bare: bareHandshake },
    handshakesARound,
  );
  for (const ends of [own, stored, olm, recorded]) {
    shake(ends)();
    ends.say(1, short);
    ends.say(0, short);
  }
  recorder.takeReplay();
  recorded.say(0, short);
  const bareChain = recorder.takeReplay();
  recorded.say(1, short);
  const bareStep = recorder.takeReplay();
  const oneWay = (ends: Ends) => () => void ends.say(0, short);
  const chain = rowsOf(
    'messages, all one way',
    { own: oneWay(own), olm: oneWay(olm), bare: bareChain },
    messagesARound,
  );
  const step = rowsOf(
    'messages, each an answer',
    { own: pingPong(own), olm: pingPong(olm), bare: bareStep },
    messagesARound,
  );
  const bareAead = await createBareAead(512);
  const other = timeEach({ stored: pingPong(stored), aead: bareAead }, messagesARound);
  const storedRow: BenchRow = {
    ...{ bench: 'messages', what: 'messages, each an answer, state encoded and read each time' },
    ...{ value: roundFigure(1_000 / other.stored), unit: '/s', target: null, met: null },
    ...{ peer: 'XChaCha20-Poly1305 of 512 B alone', peerValue: roundFigure(1_000 / other.aead) },
    floor: null,
  };
  return [...handshakes, ...chain, ...step, storedRow];
}

const aeadOverhead = 24 + 16;

async function sizeRows(): Promise<readonly BenchRow[]> {
  const [own, olm] = [await OwnEnds.create(), await OlmEnds.create()];
  olm.prepare();
  const row = (
    what: string,
    sizes: readonly [own: number, olm: number],
    text: string,
    target: number | null,
  ): BenchRow => ({
    ...{ bench: 'messages', what: `bytes of ${what}`, value: sizes[0], unit: 'B', target },
    met: target === null ? null : sizes[0] <= target,
    ...{ peer: 'libolm', peerValue: sizes[1] },
    floor: Buffer.byteLength(text) + aeadOverhead,
  });
  const first = row(
    'a first message of 10 characters',
    [own.shakeHands(short), olm.shakeHands(short)],
    short,
    4_096,
  );
  for (const ends of [own, olm]) {
    ends.say(1, short);
    ends.say(0, short);
    ends.say(1, short);
  }
  const later = texts.map(([what, text, target]) =>
    row(what, [own.say(0, text), olm.say(0, text)], text, target),
  );
  return [first, ...later];
}

/**
 * Private messages (figures.md): sealed and opened on one core, in memory, beside libolm and beside
 * the primitives that they must run, in turns.
 */
export async function runMessagesBench(): Promise<readonly BenchRow[]> {
  return [...(await speedRows()), ...(await sizeRows())];
}
