import type { SearchTerms } from '#engine/api/board-calls.ts';
import { countryName, formatList, languageName } from '#i18n/format.ts';
import { t } from '#i18n/i18n.svelte.ts';

/** What a kept search looks for, in a few words. */
export function searchWords(terms: SearchTerms): string {
  const { text, kind, skill, language, country, urgency, status, maxAgeDays, minStars } = terms;
  const words = [
    text && `“${text}”`,
    kind && t(kind === 'request' ? 'board.filter.requests' : 'board.filter.offers'),
    skill && t(`common.skill.${skill}`),
    language && languageName(language),
    country && countryName(country),
    urgency && t(`common.urgency.${urgency}`),
    status && t(`common.status.${status}`),
    maxAgeDays && t('board.filter.age.days', { days: maxAgeDays }),
    minStars && t('search.stars.least', { stars: minStars }),
    terms.savedOnly && t('board.filter.saved'),
  ].filter((word) => typeof word === 'string' && word !== '');
  return words.length === 0 ? t('search.everything') : formatList(words as string[]);
}
