import type { Messages } from '@lingui/core';
import type { Locale } from './locales.ts';
import type { LoadedArea } from './message-keys.ts';

const files = import.meta.glob<Messages>(
  ['./locales/*/*.json', '!./locales/*/{common,board}.json'],
  { import: 'default' },
);

/** Fetches one area in one language; rejects when the file cannot be had. */
export async function fetchMessages(locale: Locale, area: LoadedArea): Promise<Messages> {
  const load = files[`./locales/${locale}/${area}.json`];
  if (load === undefined) throw new Error(`No messages for ${locale}/${area}`);
  return load();
}
