import { entryLifetimesDays, textLimits } from '#core/types/board-terms.ts';
import type { EntryLifetimeDays } from '#core/types/board-terms.ts';
import { textBudget } from '#i18n/text-budget.ts';
import type { EntryFields } from '#engine/api/entry-calls.ts';

export type FieldProblem = 'missing' | 'too-long';

/** The inputs that keep an entry from being posted, and why. */
export type FieldProblems = Readonly<Partial<Record<'title' | 'text' | 'skills', FieldProblem>>>;

/** Limits of the two texts, as a form counts down from them. */
export const titleLimits = {
  characters: textLimits.titleCharacters,
  bytes: textLimits.titleCharacters * 4,
} as const;
export const entryTextLimits = {
  characters: textLimits.textCharacters,
  bytes: textLimits.textBytes,
} as const;

/** Finds what the engine would refuse, so that a writer hears of it beside the input. */
export function fieldProblems(fields: EntryFields): FieldProblems {
  const title = textProblem(fields.title, titleLimits);
  const text = textProblem(fields.text, entryTextLimits);
  const skills = fields.skills.length === 0 ? 'missing' : undefined;
  return {
    ...(title === undefined ? {} : { title }),
    ...(text === undefined ? {} : { text }),
    ...(skills === undefined ? {} : { skills }),
  };
}

function textProblem(
  text: string,
  limits: { readonly characters: number; readonly bytes: number },
): FieldProblem | undefined {
  if (text.trim() === '') return 'missing';
  return textBudget(text.trim(), limits).fits ? undefined : 'too-long';
}

/** The lifetime on offer that comes closest to so many days. */
export function nearestLifetime(days: number): EntryLifetimeDays {
  return entryLifetimesDays.reduce((best, lifetime) =>
    Math.abs(lifetime - days) < Math.abs(best - days) ? lifetime : best,
  );
}
