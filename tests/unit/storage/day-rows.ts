import type { EntryContent } from '#core/records/entry.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { RecordRow } from '#storage/database.ts';
import { entryRow } from './board-model.ts';

/** An entry like any other. */
export const camera: EntryContent = {
  title: 'A camera',
  text: 'Somebody who lends a camera for a week.',
  language: 'en',
  country: '',
  skills: ['film'],
  urgency: 'week',
};

/** The day that others are counted from. */
export const firstDay = 20_700 as Day;

/** So many entries of one author on a day. */
export function dayRows(day: number, count = 64, author = 0): RecordRow[] {
  const place = { author: author + (day % 50), rev: 0, day: addDays(firstDay, day) };
  return Array.from({ length: count }, (_, slot) =>
    entryRow({ ...place, slot, until: addDays(firstDay, 170) }, camera),
  );
}
