import type { EntryContent } from '#core/records/entry.ts';
import { entrySchema, entryToContent } from '#core/records/entry.ts';
import { cleanText } from '#core/records/text.ts';
import { entryLifetimesDays } from '#core/types/board-terms.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import type { EntryFields } from './api/entry-calls.ts';
import type { EngineError } from './api/outcome.ts';

/** Proves what a writer filled in; the error names the field. */
export function checkEntryFields(fields: EntryFields): Result<EntryContent, EngineError> {
  const entry: EntryContent = {
    title: cleanText(fields.title).replaceAll('\n', ' '),
    text: cleanText(fields.text),
    language: fields.language,
    country: fields.country,
    skills: [...new Set(fields.skills)],
    urgency: fields.urgency,
  };
  if (!entryLifetimesDays.includes(fields.lifetimeDays)) return invalid('lifetimeDays');
  const parsed = entrySchema.safeParse(entryToContent(entry));
  if (parsed.success) return ok(entry);
  return invalid(contentFields[Number(parsed.error.issues[0]?.path[0] ?? 0)] ?? 'title');
}

const contentFields = ['title', 'text', 'language', 'country', 'skills', 'urgency'] as const;

function invalid(field: string): Result<never, EngineError> {
  return fail({ code: 'invalid-entry', field });
}
