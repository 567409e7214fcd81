import { readdir, readFile } from 'node:fs/promises';
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';
import { describe, expect, it } from 'vitest';
import { localeCodes } from '#i18n/locales.ts';

const folder = new URL('../../../src/i18n/locales/', import.meta.url);

type Messages = Readonly<Record<string, string>>;

async function readArea(locale: string, area: string): Promise<Messages> {
  return JSON.parse(await readFile(new URL(`${locale}/${area}`, folder), 'utf8')) as Messages;
}

const areas = (await readdir(new URL('en/', folder))).sort();

/** Names that a compiled message asks for, with how it formats them. */
function placeholdersOf(message: string): string[] {
  const found = new Set<string>();
  const visit = (tokens: unknown): void => {
    if (!Array.isArray(tokens)) return;
    for (const token of tokens as unknown[]) {
      if (!Array.isArray(token)) continue;
      const [name, type, rules] = token as [string, string?, Record<string, unknown>?];
      found.add(`${name}:${type ?? 'text'}`);
      if (typeof rules === 'object') Object.values(rules).forEach(visit);
    }
  };
  visit(compileMessageOrThrow(message));
  return [...found].sort();
}

/** Plural cases that a message names, by its argument. */
function pluralCasesOf(message: string): string[][] {
  const cases: string[][] = [];
  const visit = (tokens: unknown): void => {
    if (!Array.isArray(tokens)) return;
    for (const token of tokens as unknown[]) {
      if (!Array.isArray(token) || typeof token[2] !== 'object' || token[2] === null) continue;
      const rules = token[2] as Record<string, unknown>;
      if (token[1] === 'plural') cases.push(Object.keys(rules));
      Object.values(rules).forEach(visit);
    }
  };
  visit(compileMessageOrThrow(message));
  return cases;
}

describe('The words of the app', () => {
  it('stand in a folder for each language, and in no other', async () => {
    expect((await readdir(folder)).sort()).toEqual([...localeCodes].sort());
  });

  it('have names that begin with their area and are never used twice', async () => {
    const names: string[] = [];
    for (const area of areas) {
      const prefix = `${area.replace('.json', '')}.`;
      for (const name of Object.keys(await readArea('en', area))) {
        expect(name.startsWith(prefix), name).toBe(true);
        names.push(name);
      }
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(200);
  });

  describe.each(localeCodes.filter((locale) => locale !== 'en'))('in %s', (locale) => {
    it('lie in the same areas as the English ones', async () => {
      expect((await readdir(new URL(`${locale}/`, folder))).sort()).toEqual(areas);
    });

    it.each(areas)('have the same names and placeholders in %s', async (area) => {
      const english = await readArea('en', area);
      const other = await readArea(locale, area);
      expect(Object.keys(other).sort()).toEqual(Object.keys(english).sort());
      for (const [name, message] of Object.entries(english)) {
        expect(placeholdersOf(other[name] ?? ''), name).toEqual(placeholdersOf(message));
      }
    });

    it.each(areas)('leave nothing empty and nothing in English in %s', async (area) => {
      const english = await readArea('en', area);
      for (const [name, message] of Object.entries(await readArea(locale, area))) {
        expect(message.trim(), name).not.toBe('');
        if (/[a-z]{4}/i.test(english[name]?.replaceAll(/\{[^{}]*\}|Wallflower/g, '') ?? '')) {
          expect(message, name).not.toBe(english[name]);
        }
      }
    });
  });

  describe.each(localeCodes)('in %s', (locale) => {
    it.each(areas)('name every plural form that the language has in %s', async (area) => {
      const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      for (const [name, message] of Object.entries(await readArea(locale, area))) {
        for (const cases of pluralCasesOf(message)) {
          expect(cases, name).toEqual(expect.arrayContaining(forms));
        }
      }
    });
  });
});
