import { encodeCbor } from '#core/codec/cbor.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { entryToContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { profileToContent } from '#core/records/profile.ts';
import { encodeBody, recordAddress, recordId } from '#core/records/record.ts';
import { statusToContent } from '#core/records/status.ts';
import { requestStatuses, skills, urgencies } from '#core/types/board-terms.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { PersonaKey, PersonaKeyText, RecordAddressText, Slot } from '#core/types/ids.ts';
import type { RecordRow } from '#storage/database.ts';
import { createDice, pick, pickByShare, type Dice } from '../support/dice.ts';
import { corpusCountries, corpusLifetimes } from './corpus-choices.ts';

/** One language's words, the most frequent first, and what stands between them. */
export interface BoardTongue {
  readonly tag: string;
  readonly share: number;
  readonly gap: string;
  /** In running order, so that frequent words come often. */
  readonly running: readonly string[];
  /** Rare words. */
  readonly rare: readonly string[];
}

/** Records as they lie on a device, already proved: what the store is given. */
export interface BoardCorpus {
  readonly row: (number: number) => RecordRow;
}

const rareShare = 0.25;
const profileShare = 0.08;
const statusShare = 0.04;

/** The record of a number out of so many, newest first; nothing looks at its signature. */
export function createBoardCorpus(
  tongues: readonly BoardTongue[],
  records: number,
  newest: Day,
): BoardCorpus {
  const authors = Math.ceil(records * 0.4);
  return {
    row: (number) => {
      const dice = createDice(number + 1);
      const day = addDays(newest, -Math.floor((number / records) * 28));
      const author = authorKey(Math.floor(dice() ** 2 * authors));
      const part = dice();
      if (part < profileShare) {
        const content = profileToContent({
          name: `Person ${number}`,
          about: prose(dice, pickByShare(dice, tongues), 20).slice(0, 400),
          languages: ['en'],
          skills: [],
          countries: [],
        });
        return toRow(author, recordKinds.profile, new Uint8Array(4) as Slot, day, 180, content);
      }
      const slot = numberBytes(number + 1, 4) as Slot;
      if (part < profileShare + statusShare) {
        const status = pick(dice, requestStatuses);
        return toRow(author, recordKinds.status, slot, day, 90, statusToContent({ status }));
      }
      const tongue = pickByShare(dice, tongues);
      const content = entryToContent({
        title: prose(dice, tongue, 5).slice(0, 120),
        text: prose(dice, tongue, 12 + Math.floor(dice() * 44)),
        language: tongue.tag,
        country: pick(dice, corpusCountries),
        skills: [pick(dice, skills)],
        urgency: pick(dice, urgencies),
      });
      const kind = dice() < 0.7 ? recordKinds.request : recordKinds.offer;
      return toRow(author, kind, slot, day, pick(dice, corpusLifetimes), content);
    },
  };
}

/** Two words of one language among its most frequent ones. */
export function commonWords(dice: Dice, tongues: readonly BoardTongue[]): readonly string[] {
  const tongue = pickByShare(
    dice,
    tongues.filter(({ gap }) => gap !== ''),
  );
  return [pick(dice, tongue.running), pick(dice, tongue.running)];
}

function toRow(
  author: PersonaKey,
  kind: number,
  slot: Slot,
  day: Day,
  lifetime: number,
  content: Parameters<typeof encodeBody>[0]['content'],
): RecordRow {
  const until = addDays(day, lifetime);
  const body = encodeBody({ kind, slot, rev: 0, day, until, content });
  const signature = new Uint8Array(64);
  signature.set(body.subarray(0, 64));
  return {
    address: bytesToBase64Url(recordAddress(author, kind, slot)) as RecordAddressText,
    author: bytesToBase64Url(author) as PersonaKeyText,
    kind,
    rev: 0,
    id: recordId(author, body),
    day,
    until,
    bytes: encodeCbor([author, signature, body]),
  };
}

function authorKey(number: number): PersonaKey {
  const dice = createDice(number * 7_919 + 3);
  return Uint8Array.from({ length: 32 }, () => Math.floor(dice() * 256)) as PersonaKey;
}

function numberBytes(number: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(length - 4, number);
  return bytes;
}

function prose(dice: Dice, { running, rare, gap }: BoardTongue, words: number): string {
  let at = Math.floor(dice() * running.length);
  const chosen = Array.from({ length: words }, () => {
    if (dice() < rareShare) return rare[Math.floor(rare.length ** dice()) - 1] ?? '';
    if (dice() < 0.2) at = Math.floor(dice() * running.length);
    return running[at++ % running.length] ?? '';
  });
  return chosen.join(gap).slice(0, 3_900);
}
