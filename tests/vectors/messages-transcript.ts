/*
 * A whole conversation with all that can befall it: first messages that cross, arrive out of order
 * and twice, messages passed over, a gap that heals by a step, a restored end, and what is refused.
 * `node tests/vectors/messages-transcript.ts` writes messages-transcript.json anew; each event is
 * played by the app and by the reference model, which must agree before it is written.
 */
import { writeFileSync } from 'node:fs';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import { LockstepEnd } from '#tests/property/messages/lockstep.ts';
import { openingOf, today, withFlippedByte, type Party } from '#tests/unit/messages/parties.ts';
import { inHex } from './messages-example.ts';

const labels = { ada: 'transcript ada', ben: 'transcript ben' };
type Name = keyof typeof labels;

class Transcript {
  readonly events: unknown[] = [];
  readonly ends = { ada: new LockstepEnd(labels.ada), ben: new LockstepEnd(labels.ben) };
  /** Envelopes are numbered as they are sealed; a taker names the number, or the bytes if changed. */
  readonly #sealedAs = new Map<Bytes, number>();
  #day: Day = today;

  begin(who: Name, origin: 0 | 1): void {
    const opening = openingOf(origin, `transcript of ${who}`);
    this.ends[who].begin(this.ends[who === 'ada' ? 'ben' : 'ada'], opening);
    this.events.push({ who, does: 'begins', opening });
  }

  seal(who: Name, text: string): Bytes {
    return this.#sealed(who, text, this.ends[who].send({ type: 'text', text }, this.#day));
  }

  step(who: Name): Bytes {
    return this.#sealed(who, null, this.ends[who].send({ type: 'step' }, this.#day));
  }

  /** Sealed and lost on the way: only how many, and the last. */
  flood(who: Name, count: number): Bytes {
    for (let index = 1; index < count; index++) {
      this.ends[who].send({ type: 'text', text: 'lost' }, this.#day);
    }
    this.events.push({ who, does: 'seals and loses', text: 'lost', count: count - 1 });
    return this.seal(who, 'lost');
  }

  take(who: Name, envelope: Bytes, note: string): void {
    const verdict = this.ends[who].take(envelope, this.#day);
    const number = this.#sealedAs.get(envelope);
    const what = number === undefined ? { envelope } : { number };
    this.events.push({ who, does: 'takes', ...what, note, day: this.#day, verdict });
  }

  restore(who: Name): void {
    this.ends[who].restore();
    const { recordId, spk, kem } = this.ends[who].party.cardKeys;
    const card = { recordId, spkPrivate: spk.privateKey, kemSeed: kem.privateKey };
    this.events.push({ who, does: 'is restored', card });
  }

  wait(days: number): void {
    this.#day = (this.#day + days) as Day;
  }

  #sealed(who: Name, text: string | null, envelope: Bytes | null): Bytes {
    if (envelope === null) throw new Error('not sealed');
    const number = this.#sealedAs.size;
    this.#sealedAs.set(envelope, number);
    const does = text === null ? 'seals a step' : 'seals';
    this.events.push({ who, does, number, text, day: this.#day, envelope });
    return envelope;
  }
}

function play(transcript: Transcript): void {
  transcript.begin('ada', 0);
  const [ada1, ada2] = [
    transcript.seal('ada', 'I can drive.'),
    transcript.seal('ada', 'On Friday.'),
  ];
  transcript.begin('ben', 0);
  const ben1 = transcript.seal('ben', 'Can you write a letter?');
  transcript.take('ben', ada2, 'a first message, the second sent');
  transcript.take('ben', ada1, 'the first sent');
  transcript.take('ben', ada1, 'a copy');
  transcript.take('ada', ben1, 'the first message that crossed');
  transcript.take('ada', withFlippedByte(ben1, 700), 'with byte 700 flipped');
  transcript.take('ben', ben1, 'sent back to its sender');
  const ben2 = transcript.seal('ben', 'Both came.');
  transcript.take('ada', ben2, 'the first answer');
  const three = ['One.', 'Two.', 'سلام'].map((text) => transcript.seal('ada', text));
  for (const index of [2, 0, 0, 1]) {
    transcript.take('ben', three[index] ?? ben1, `message ${String(index + 1)} of three`);
  }
  const late = transcript.seal('ben', 'Late.');
  const answer = transcript.seal('ben', 'Seen.');
  transcript.take('ada', answer, 'passes one over');
  transcript.wait(3);
  transcript.take('ada', transcript.flood('ben', 258), 'the last of 258');
  const step = transcript.step('ada');
  transcript.take('ben', step, 'the step');
  const healed = transcript.seal('ben', 'x'.repeat(1_000));
  transcript.take('ada', healed, 'a new chain; the old one is given up');
  transcript.take('ada', late, 'the message passed over');
  transcript.take('ada', transcript.flood('ben', 257), 'the last of 257: 256 keys are kept');
  transcript.restore('ben');
  transcript.begin('ben', 1);
  transcript.take('ada', transcript.seal('ben', 'I lost my phone.'), 'a restored peer');
  const home = transcript.seal('ada', 'Welcome back.');
  transcript.take('ben', home, 'on the new session');
  transcript.take('ben', ada1, 'to a card whose keys are gone');
  transcript.take('ben', home.subarray(1) as Bytes, 'with its type stripped');
}

function inputsOf({ seed, me, cardKeys, queue }: Party) {
  const { recordId, spk, kem, queueId } = cardKeys;
  const { relays, ...ownQueue } = queue;
  return {
    ...{ personaSeed: seed, ikPrivate: me.ik.privateKey },
    card: { recordId, spkPrivate: spk.privateKey, kemSeed: kem.privateKey, queueId, relays },
    queue: { ...ownQueue, relays },
  };
}

/** The content of messages-transcript.json. */
export function computeTranscript(): unknown {
  const transcript = new Transcript();
  const { ada, ben } = transcript.ends;
  const inputs = { ada: inputsOf(ada.party), ben: inputsOf(ben.party) };
  play(transcript);
  return inHex({
    origin:
      'Played by the app and by tests/reference (noble libraries), which agree on every byte, after docs/protocol.md',
    tape: 'Each end draws from its own tape: draw by draw, the first bytes of the SHA-256 blocks of "<label> tape:<n>", n counting blocks from 0 over all draws, whole blocks used up by each draw',
    labels,
    inputs,
    events: transcript.events,
  });
}

if (process.argv[1] === import.meta.filename) {
  const path = new URL('messages-transcript.json', import.meta.url);
  writeFileSync(path, `${JSON.stringify(computeTranscript(), null, 1)}\n`);
}
