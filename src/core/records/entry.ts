import * as z from 'zod/mini';
import type { CborValue } from '../codec/cbor.ts';
import {
  skillCodes,
  textLimits,
  urgencyCodes,
  type Skill,
  type Urgency,
} from '../types/board-terms.ts';
import { boundedText, countryCode, languageTag } from './text.ts';
import { namesByCode, wireCode } from './wire-codes.ts';

/** What a request or an offer says; both share one schema. */
export interface EntryContent {
  readonly title: string;
  readonly text: string;
  readonly language: string;
  readonly country: string;
  readonly skills: readonly Skill[];
  readonly urgency: Urgency;
}

const skillByCode = namesByCode(skillCodes);
const urgencyByCode = namesByCode(urgencyCodes);

/** [title, text, language, country, [skill code ...], urgency code]. */
export const entrySchema = z.pipe(
  z.tuple([
    boundedText(textLimits.titleCharacters).check(z.minLength(1)),
    boundedText(textLimits.textCharacters, textLimits.textBytes).check(z.minLength(1)),
    languageTag,
    countryCode,
    z.array(wireCode).check(z.minLength(1), z.maxLength(textLimits.skillsPerEntry)),
    wireCode,
  ]),
  z.transform(toEntry),
);

/** Names the codes of a request's or offer's content; unknown skills are left out. */
export function toEntry([title, text, language, country, skills, urgency]: [
  string,
  string,
  string,
  string,
  number[],
  number,
]): EntryContent {
  return {
    title,
    text,
    language,
    country,
    skills: skills.flatMap((skill) => skillByCode.get(skill) ?? []),
    urgency: urgencyByCode.get(urgency) ?? 'whenever',
  };
}

/** The content of a request or offer in schema order. */
export function entryToContent(entry: EntryContent): readonly CborValue[] {
  return [
    entry.title,
    entry.text,
    entry.language,
    entry.country,
    entry.skills.map((skill) => skillCodes[skill]),
    urgencyCodes[entry.urgency],
  ];
}
