import { setupI18n } from '@lingui/core';
import { fetchMessages } from './catalogs.ts';
import { chooseLocale, isLocale, localeStorageKey, locales } from './locales.ts';
import type { Locale } from './locales.ts';
import type { LoadedArea, MessageKey } from './message-keys.ts';

const retryMs = 3_000;

type MessageValues = Readonly<Record<string, string | number>>;

/** The language of the screens: which one, what is loaded of it, and its words. */
class Translator {
  readonly #catalog = setupI18n();
  #locale = $state.raw<Locale>('en');
  /** Grows with each switch of language. */
  #revision = $state.raw(0);
  /** Grows when words of another area are here. */
  #arrivals = $state.raw(0);
  #wanted: Locale = 'en';
  readonly #areas = new Set<LoadedArea>();
  readonly #loaded = new Map<string, Promise<void>>();
  #starting: Promise<void> | undefined;

  get locale(): Locale {
    return this.#locale;
  }

  get direction(): 'ltr' | 'rtl' {
    return locales[this.#locale].direction;
  }

  /**
   * Loads the start area in the language the reader chose or prefers, once; on a link that is cut
   * meanwhile it tries again until the words are there, for nothing can be said without them.
   */
  start(): Promise<void> {
    this.#starting ??= this.#keepTrying(chooseLocale(readKeptLocale(), navigator.languages));
    return this.#starting;
  }

  /** Switches the whole app and keeps the choice; stays as it was when the words cannot be had. */
  async choose(locale: Locale): Promise<void> {
    await this.#switch(locale);
    keepLocale(locale);
  }

  /**
   * Makes areas ready in the language in use, and in every one switched to later; rejects where the
   * words cannot be had, which is in the way of no other area.
   */
  async loadAreas(...areas: readonly LoadedArea[]): Promise<void> {
    await Promise.all(areas.map((area) => this.#take(area)));
    this.#arrivals++;
  }

  /**
   * The words of a key; reactive, so that a switch of language draws again what used it. Words that
   * come with another area draw again only what waited for them.
   */
  translate(key: MessageKey, values?: MessageValues): string {
    void this.#revision;
    if (!(key in this.#catalog.messages)) void this.#arrivals;
    return this.#catalog._(key, values);
  }

  async #keepTrying(locale: Locale): Promise<void> {
    for (;;) {
      try {
        return await this.#switch(locale);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  async #switch(locale: Locale): Promise<void> {
    this.#areas.add('shell');
    this.#wanted = locale;
    await this.#load(locale);
    if (this.#wanted !== locale) return;
    this.#catalog.activate(locale);
    this.#locale = locale;
    this.#revision++;
    document.documentElement.lang = locale;
    document.documentElement.dir = locales[locale].direction;
  }

  async #load(locale: Locale): Promise<void> {
    await Promise.all([...this.#areas].map((area) => this.#loadOnce(locale, area)));
  }

  async #take(area: LoadedArea): Promise<void> {
    this.#areas.add(area);
    try {
      await this.#loadOnce(this.#wanted, area);
    } catch (error) {
      this.#areas.delete(area);
      throw error;
    }
  }

  async #loadOnce(locale: Locale, area: LoadedArea): Promise<void> {
    const name = `${locale}/${area}`;
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    const loading = fetchMessages(locale, area).then((messages) => {
      this.#catalog.load(locale, messages);
    });
    this.#loaded.set(name, loading);
    loading.catch(() => this.#loaded.delete(name));
    return loading;
  }
}

function readKeptLocale(): Locale | null {
  try {
    const kept = localStorage.getItem(localeStorageKey);
    return isLocale(kept) ? kept : null;
  } catch {
    return null;
  }
}

function keepLocale(locale: Locale): void {
  try {
    localStorage.setItem(localeStorageKey, locale);
  } catch {
    // Storage is switched off: the choice lasts until the page closes.
  }
}

export const translator = new Translator();

/** The words of a key in the language in use: `t('board.results', { count: 3 })`. */
export function t(key: MessageKey, values?: MessageValues): string {
  return translator.translate(key, values);
}
