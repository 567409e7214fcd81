/** As the device says, or the reader's own choice. */
export const themes = ['device', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const themeStorageKey = 'wallflower-theme';

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

function showTheme(theme: Theme): void {
  if (theme === 'device') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

function readKeptTheme(): Theme {
  try {
    const kept = localStorage.getItem(themeStorageKey);
    return themes.find((theme) => theme === kept) ?? 'device';
  } catch {
    return 'device';
  }
}
