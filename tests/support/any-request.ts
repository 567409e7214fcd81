import type { EntryFields } from '#engine/api/entry-calls.ts';

/** A request that any engine accepts. */
export const anyRequest: EntryFields = {
  kind: 'request',
  title: 'A lawyer for an asylum case',
  text: 'We look for somebody who knows the procedure.',
  language: 'en',
  country: '',
  skills: ['legal', 'asylum'],
  urgency: 'week',
  lifetimeDays: 90,
};
