import type { SearchTerms } from '#engine/api/board-calls.ts';

/** Terms that every entry matches. */
export const anyTerms: SearchTerms = {
  text: '',
  kind: null,
  skill: null,
  language: null,
  country: null,
  urgency: null,
  status: null,
  maxAgeDays: null,
  minStars: null,
  sort: 'newest',
  savedOnly: false,
  mineOnly: false,
};
