import type { CborValue } from '#core/codec/cbor.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { attestationToContent } from '#core/records/attestation.ts';
import { charterToContent } from '#core/records/charter.ts';
import { entryToContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { profileToContent } from '#core/records/profile.ts';
import {
  encodeBody,
  encodeRecord,
  recordAddress,
  recordId,
  type RecordHeader,
  type SignedRecord,
} from '#core/records/record.ts';
import { statusToContent } from '#core/records/status.ts';
import { requestStatuses, skills, urgencies } from '#core/types/board-terms.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type {
  PersonaKey,
  PersonaKeyText,
  RecordAddressText,
  Signature,
  Slot,
} from '#core/types/ids.ts';
import type { Stars } from '#core/types/trust-terms.ts';
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
  /** The same as a pack brings it. */
  readonly record: (number: number) => SignedRecord;
}

const rareShare = 0.25;
const profileShare = 0.08;
const statusShare = 0.04;
const attestationShare = 0.03;
const singletonSlot = new Uint8Array(4) as Slot;

/** Who signs the charter of the corpus, and the one steward that it names. */
export const charterAuthor = authorKey(-1);
const steward = authorKey(-2);

/** The record of a number out of so many, newest first; nothing looks at its signature. */
export function createBoardCorpus(
  tongues: readonly BoardTongue[],
  records: number,
  newest: Day,
): BoardCorpus {
  const authors = Math.ceil(records * 0.4);
  const written = (number: number): WrittenRecord => {
    const dice = createDice(number + 1);
    const day = addDays(newest, -Math.floor((number / records) * 28));
    if (number === 0) {
      const content = charterToContent({ name: 'The house', stewards: [steward] });
      return write(charterAuthor, recordKinds.charter, singletonSlot, day, 180, content);
    }
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
      return write(author, recordKinds.profile, singletonSlot, day, 180, content);
    }
    const slot = numberBytes(number + 1, 4) as Slot;
    if (part < profileShare + statusShare) {
      const status = pick(dice, requestStatuses);
      return write(author, recordKinds.status, slot, day, 90, statusToContent({ status }));
    }
    if (part < profileShare + statusShare + attestationShare) {
      const stars = Math.floor(dice() * 6) as Stars;
      const content = attestationToContent({ subject: author, stars, method: 'papers' });
      return write(steward, recordKinds.attestation, slot, day, 180, content);
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
    return write(author, kind, slot, day, pick(dice, corpusLifetimes), content);
  };
  return { record: (number) => written(number).record, row: (number) => toRow(written(number)) };
}

/** Two words of one language among its most frequent ones. */
export function commonWords(dice: Dice, tongues: readonly BoardTongue[]): readonly string[] {
  const tongue = pickByShare(
    dice,
    tongues.filter(({ gap }) => gap !== ''),
  );
  return [pick(dice, tongue.running), pick(dice, tongue.running)];
}

interface WrittenRecord {
  readonly header: Omit<RecordHeader, 'rev'>;
  readonly record: SignedRecord;
}

function write(
  author: PersonaKey,
  kind: number,
  slot: Slot,
  day: Day,
  lifetime: number,
  content: readonly CborValue[],
): WrittenRecord {
  const header = { kind, slot, day, until: addDays(day, lifetime) };
  const body = encodeBody({ ...header, rev: 0, content });
  const signature = new Uint8Array(64) as Signature;
  signature.set(body.subarray(0, 64));
  return { header, record: { author, signature, body } };
}

function toRow({ header: { kind, slot, day, until }, record }: WrittenRecord): RecordRow {
  const { author, body } = record;
  return {
    address: bytesToBase64Url(recordAddress(author, kind, slot)) as RecordAddressText,
    author: bytesToBase64Url(author) as PersonaKeyText,
    kind,
    rev: 0,
    id: recordId(author, body),
    day,
    until,
    bytes: encodeRecord(record),
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
