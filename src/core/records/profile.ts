import * as z from 'zod/mini';
import type { CborValue } from '../codec/cbor.ts';
import { skillCodes, textLimits, type Skill } from '../types/board-terms.ts';
import { boundedText, countryCode, languageTag } from './text.ts';
import { namesByCode, wireCode } from './wire-codes.ts';

/** What a persona says of itself. */
export interface ProfileContent {
  readonly name: string;
  readonly about: string;
  readonly languages: readonly string[];
  readonly skills: readonly Skill[];
  readonly countries: readonly string[];
}

const skillByCode = namesByCode(skillCodes);
const maxCountries = 12;

/** [name, about, [language ...], [skill code ...], [country ...]]. */
export const profileSchema = z.pipe(
  z.tuple([
    boundedText(textLimits.nameCharacters).check(z.minLength(1)),
    boundedText(textLimits.aboutCharacters),
    z.array(languageTag).check(z.maxLength(textLimits.languagesPerProfile)),
    z.array(wireCode).check(z.maxLength(Object.keys(skillCodes).length)),
    z.array(countryCode).check(z.maxLength(maxCountries)),
  ]),
  z.transform(([name, about, languages, skills, countries]): ProfileContent => ({
    name,
    about,
    languages,
    skills: skills.flatMap((skill) => skillByCode.get(skill) ?? []),
    countries,
  })),
);

/** A profile's content in schema order. */
export function profileToContent(profile: ProfileContent): readonly CborValue[] {
  return [
    profile.name,
    profile.about,
    profile.languages,
    profile.skills.map((skill) => skillCodes[skill]),
    profile.countries,
  ];
}
