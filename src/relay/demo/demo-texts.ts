import { readdir, readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { requestStatuses, skills, textLimits, urgencies } from '#core/types/board-terms.ts';
import { charterLimits } from '#core/types/trust-terms.ts';
import { boundedText, countryCode, isPublishable, languageTag } from '#core/records/text.ts';

const publishable = z.string().check(z.refine(isPublishable));
const skillName = z.literal([...skills]);
const days = z.int().check(z.minimum(0), z.maximum(180));

const slug = z.string().check(z.regex(/^[a-z0-9-]+$/));

const entryShape = z.object({
  kind: z.literal(['request', 'offer']),
  persona: slug,
  title: boundedText(textLimits.titleCharacters).check(z.refine(isPublishable)),
  text: boundedText(textLimits.textCharacters, textLimits.textBytes).check(z.refine(isPublishable)),
  language: languageTag,
  country: countryCode,
  skills: z.array(skillName).check(z.minLength(1), z.maxLength(textLimits.skillsPerEntry)),
  urgency: z.literal([...urgencies]),
  ageDays: days,
  lifetimeDays: days,
  status: z.optional(z.literal([...requestStatuses])),
});
export type DemoEntry = z.infer<typeof entryShape>;

const personaShape = z.object({
  name: publishable,
  about: publishable,
  languages: z.array(languageTag),
  skills: z.array(skillName),
  countries: z.array(countryCode),
});
export type DemoPersona = z.infer<typeof personaShape>;

const charterShape = z.object({
  name: boundedText(charterLimits.nameCharacters).check(z.refine(isPublishable)),
  stewards: z.array(slug).check(z.minLength(1)),
});
export type DemoCharter = z.infer<typeof charterShape>;

/** The demonstration board's texts: nobody in it exists. */
export interface DemoTexts {
  readonly entries: readonly DemoEntry[];
  /** By the slug that entries name. */
  readonly personas: Readonly<Record<string, DemoPersona>>;
  /** Its stewards are slugs of personas. */
  readonly charter: DemoCharter;
}

const folder = new URL('board/', import.meta.url);
const personasName = 'personas.json';
const charterName = 'charter.json';

/** Reads and proves the texts; throws where they are not what a relay would take, which is a bug in them. */
export async function readDemoTexts(): Promise<DemoTexts> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const personas = z.record(z.string(), personaShape).parse(await readJson(personasName));
  const charter = charterShape.parse(await readJson(charterName));
  const entries: DemoEntry[] = [];
  for (const name of names) {
    if (name === personasName || name === charterName) continue;
    entries.push(...z.array(entryShape).parse(await readJson(name)));
  }
  return { entries, personas, charter };
}

async function readJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(name, folder), 'utf8'));
}
