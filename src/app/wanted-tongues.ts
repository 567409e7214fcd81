import { localeStorageKey } from '#i18n/locales.ts';

/** What decides about the language before the app runs: the reader's choice, or else the device's. */
export function wantedTongues(): readonly string[] {
  const chosen = localStorage[localeStorageKey] as string | undefined;
  return chosen === undefined ? navigator.languages : [chosen];
}
