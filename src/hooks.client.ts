import './app.css';
import { stayAway } from '#app/quick-exit.ts';
import { showChosenTheme } from '#app/shell-theme.svelte.ts';
import { translator } from '#i18n/i18n.svelte.ts';
import type { HandleClientError } from '@sveltejs/kit';

stayAway();
showChosenTheme();
void translator.start();

/** A wrong address is no fault of the app; anything else is one, and shows itself to a developer. */
export const handleError: HandleClientError = ({ error, status, message }) => {
  if (status !== 404) reportError(error);
  return { message };
};
