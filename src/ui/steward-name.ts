import { t } from '#i18n/i18n.svelte.ts';
import { isolate } from './isolated-text.ts';
import { shortKey } from './short-key.ts';

interface Signed {
  /** The steward's persona key. */
  readonly steward: string;
  readonly stewardName: string | null;
}

/** A steward inside a sentence: by the public name, or by the key where there is none. */
export function stewardName({ steward, stewardName }: Signed): string {
  return stewardName === null
    ? t('stars.noName', { key: shortKey(steward) })
    : isolate(stewardName);
}
