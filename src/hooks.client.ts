import './app.css';
// First of all: the engine starts beside everything that the screens' start runs.
import '#app/engine-client.ts';
import { stayAway } from '#app/quick-exit.ts';
import { showChosenTheme } from '#app/shell-theme.svelte.ts';
import { translator } from '#i18n/i18n.svelte.ts';
import type { HandleClientError } from '@sveltejs/kit';

stayAway();
showChosenTheme();
void translator.start();

const isStarting = () => document.getElementById('skeleton') !== null;

/**
 * A wrong address is no fault of the app; anything else is one, and shows itself to a developer.
 * A part of the start that was cut on its way is none either (go-on.ts).
 */
export const handleError: HandleClientError = ({ error, status, message }) => {
  const isCut = /import|load/i.test(String(error));
  if (isCut && isStarting()) dispatchEvent(new Event('wallflower-go-on'));
  if (status !== 404) reportError(error);
  return { message };
};
