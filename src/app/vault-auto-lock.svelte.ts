import { shell } from './shell.svelte.ts';
import { isLockDue, parseAutoLockMinutes, usualAutoLockMinutes } from './vault-inactivity.ts';
import type { AutoLockMinutes } from './vault-inactivity.ts';

const storageKey = 'wallflower-auto-lock';
/** Tells the other tabs of this device that somebody is here; it carries no words. */
const channelName = 'wallflower-activity';
const checkEveryMs = 10_000;
const tellEveryMs = 10_000;
const activityEvents = ['pointerdown', 'keydown', 'input', 'wheel', 'touchmove'] as const;

/** Locks the vault when nobody has touched any tab for the chosen time. */
class AutoLock {
  #minutes = $state.raw<AutoLockMinutes>(readKeptMinutes());
  #lastActivityMs = Date.now();
  #lastToldMs = 0;

  get minutes(): AutoLockMinutes {
    return this.#minutes;
  }

  choose(minutes: AutoLockMinutes): void {
    this.#minutes = minutes;
    try {
      localStorage.setItem(storageKey, String(minutes));
    } catch {
      // Storage is switched off: the choice lasts until the page closes.
    }
  }

  /** Watches this tab, and hears of the others, until the returned function is called. */
  follow(): () => void {
    const channel = new BroadcastChannel(channelName);
    const noteOwn = (): void => this.#note(channel);
    const noteOther = (): void => void (this.#lastActivityMs = Date.now());
    const check = (): void => this.#check();
    this.#lastActivityMs = Date.now();
    for (const name of activityEvents) {
      addEventListener(name, noteOwn, { capture: true, passive: true });
    }
    channel.addEventListener('message', noteOther);
    document.addEventListener('visibilitychange', check);
    const timer = setInterval(check, checkEveryMs);
    return () => {
      for (const name of activityEvents) removeEventListener(name, noteOwn, { capture: true });
      document.removeEventListener('visibilitychange', check);
      clearInterval(timer);
      channel.close();
    };
  }

  /** A tab that slept past the time locks before its first touch counts as activity. */
  #note(channel: BroadcastChannel): void {
    this.#check();
    this.#lastActivityMs = Date.now();
    if (this.#lastActivityMs - this.#lastToldMs < tellEveryMs) return;
    this.#lastToldMs = this.#lastActivityMs;
    channel.postMessage(null);
  }

  #check(): void {
    if (shell.status?.vault !== 'unlocked') return;
    if (isLockDue(this.#lastActivityMs, Date.now(), this.#minutes)) void shell.lock();
  }
}

function readKeptMinutes(): AutoLockMinutes {
  try {
    return parseAutoLockMinutes(localStorage.getItem(storageKey));
  } catch {
    return usualAutoLockMinutes;
  }
}

export const autoLock = new AutoLock();
