import { composeRecord } from '#core/records/compose.ts';
import { entryToContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { encodeRecord } from '#core/records/record.ts';
import { skills, urgencies } from '#core/types/board-terms.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { addDays, dayOf, type Day } from '#core/types/day.ts';
import type { PersonaSeed, Slot } from '#core/types/ids.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { createDice, pick, pickByShare, type Dice } from '../support/dice.ts';
import { corpusCountries, corpusLifetimes } from './corpus-choices.ts';
import { readTongues, type Tongue } from './corpus-words.ts';

/** What a corpus is made from; the same settings make the same bytes on any machine. */
export interface CorpusSettings {
  readonly records: number;
  /** By default two authors for five records, as in the figures. */
  readonly authors?: number;
  readonly seed?: number;
  /** Newest day; by default today. */
  readonly day?: Day;
}

/**
 * A declaration has too few words: with so many words made up of its letters, and so many out of
 * order, brotli makes of all texts what it makes of real prose (figures: 1.0 to 1.1 MB of 10,000).
 */
const madeUpShare = 0.9;
const strayShare = 0.5;
const maxMadeUpLetters = 14;
/** Mean of a text in bytes, so that a record's mean is 386. */
const meanTextBytes = 208;

/** Signed requests and offers of realistic length in fourteen languages, in the order of publishing. */
export async function makeCorpus(settings: CorpusSettings): Promise<readonly Bytes[]> {
  const {
    records,
    authors = Math.ceil(records * 0.4),
    seed = 1,
    day = dayOf(Date.now()),
  } = settings;
  const crypto = await createSodiumCrypto();
  const tongues = await readTongues();
  const dice = createDice(seed);
  const signers = Array.from({ length: authors }, () => {
    const own = randomBytes(dice, 32) as PersonaSeed;
    return { seed: own, key: crypto.personaKey(own), tongue: pickByShare(dice, tongues) };
  });
  return Array.from({ length: records }, (_, index) => {
    // Every author writes once, then some write more than others.
    const at = index < authors ? index : Math.floor(dice() ** 2 * authors);
    const signer = signers[at];
    if (signer === undefined) throw new Error('no signer');
    const signedDay = addDays(day, -Math.floor(((records - 1 - index) / records) * 28));
    const header = {
      kind: dice() < 0.7 ? recordKinds.request : recordKinds.offer,
      slot: randomBytes(dice, 4) as Slot,
      rev: dice() < 0.9 ? 0 : 1,
      day: signedDay,
      until: addDays(signedDay, pick(dice, corpusLifetimes)),
    };
    const content = entryToContent({
      title: write(dice, signer.tongue, 20 + dice() * 50).slice(0, 100),
      text: write(dice, signer.tongue, textBytes(dice)),
      language: signer.tongue.tag,
      country: pick(dice, corpusCountries),
      skills: [...new Set([pick(dice, skills), pick(dice, skills)])],
      urgency: pick(dice, urgencies),
    });
    return encodeRecord(composeRecord(crypto, signer, header, content));
  });
}

/** So many words of a language as a person might put them, up to a length in bytes of UTF-8. */
export function write(dice: Dice, tongue: Tongue, bytes: number): string {
  let word = pick(dice, tongue.words);
  let text = word;
  let size = byteLength(text);
  while (size < bytes) {
    const next = tongue.followers.get(word);
    word = next === undefined || dice() < strayShare ? pick(dice, tongue.words) : pick(dice, next);
    const written = dice() < madeUpShare ? makeUp(dice, tongue) : word;
    text += tongue.gap + written;
    size += byteLength(written) + tongue.gap.length;
  }
  return text.normalize('NFC');
}

function makeUp(dice: Dice, { letters }: Tongue): string {
  let word = '';
  let before = '';
  for (let count = 0; count < maxMadeUpLetters; count++) {
    const sign = pick(dice, letters.get(before) ?? ['']);
    if (sign === '') break;
    word += sign;
    before = sign;
  }
  return word;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** Many short texts and a few long ones. */
function textBytes(dice: Dice): number {
  return Math.min(4_000, 40 + -Math.log(1 - dice()) * (meanTextBytes - 60));
}

function randomBytes(dice: Dice, length: number): Bytes {
  return Uint8Array.from({ length }, () => Math.floor(dice() * 256));
}
