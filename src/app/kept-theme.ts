/** As the device says, or the reader's own choice. */
export const themes = ['device', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const themeStorageKey = 'wallflower-theme';

export function showTheme(theme: Theme): void {
  if (theme === 'device') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** The theme that was chosen earlier on this device. */
export function readKeptTheme(): Theme {
  try {
    const kept = localStorage.getItem(themeStorageKey);
    return themes.find((theme) => theme === kept) ?? 'device';
  } catch {
    return 'device';
  }
}
