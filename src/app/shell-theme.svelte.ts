import { readKeptTheme, showTheme, themeStorageKey, type Theme } from './kept-theme.ts';

class ThemeChoice {
  #theme = $state.raw<Theme>('device');

  get theme(): Theme {
    return this.#theme;
  }

  choose(theme: Theme): void {
    this.#theme = theme;
    showTheme(theme);
    try {
      localStorage.setItem(themeStorageKey, theme);
    } catch {
      // Storage is switched off: the choice lasts until the page closes.
    }
  }

  restore(): void {
    this.#theme = readKeptTheme();
    showTheme(this.#theme);
  }
}

export const themeChoice = new ThemeChoice();

/** Shows the theme that was chosen earlier on this device. */
export function showChosenTheme(): void {
  themeChoice.restore();
}
