/** A language the app can speak: how it names itself and which way it runs. */
export interface LocaleFacts {
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
}

/** Every language the app can speak, in the order of the language switch. */
export const locales = {
  en: { name: 'English', direction: 'ltr' },
  ar: { name: 'العربية', direction: 'rtl' },
} as const satisfies Record<string, LocaleFacts>;

export type Locale = keyof typeof locales;

export const localeCodes = Object.keys(locales) as readonly Locale[];

/** Whether a text names a language the app can speak. */
export function isLocale(text: string | null): text is Locale {
  return text !== null && Object.hasOwn(locales, text);
}

/** The first language of the reader's own list that the app can speak, English where none is. */
export function chooseLocale(kept: string | null, preferred: readonly string[]): Locale {
  if (isLocale(kept)) return kept;
  for (const tag of preferred) {
    const language = tag.split('-')[0]?.toLowerCase() ?? '';
    if (isLocale(language)) return language;
  }
  return 'en';
}

/** Where the reader's choice is kept; a display preference, not a secret. */
export const localeStorageKey = 'wallflower-locale';
