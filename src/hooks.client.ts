import './app.css';
import { stayAway } from '#app/quick-exit.ts';
import { showChosenTheme } from '#app/shell-theme.svelte.ts';
import { translator } from '#i18n/i18n.svelte.ts';

stayAway();
showChosenTheme();
void translator.start();
