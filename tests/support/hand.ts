import { expect } from '@playwright/test';
import type { OtherBrowser } from './other-browser.ts';

const patienceMs = 30_000;

/** Somebody at the screen of a browser that has no better tools: finds things by the words on them. */
export class Hand {
  readonly browser: OtherBrowser;

  constructor(browser: OtherBrowser) {
    this.browser = browser;
  }

  /** Presses the button or link of this name once it is there, or of these words if none has that name. */
  async press(name: string): Promise<void> {
    await expect(() =>
      this.browser.run((wanted) => {
        const all = [...document.querySelectorAll<HTMLElement>('a, button')].filter(
          (one) => one.getClientRects().length > 0 && !one.matches(':disabled'),
        );
        const nameOf = (one: HTMLElement) =>
          (one.getAttribute('aria-label') ?? one.innerText).replace(/\s+/g, ' ').trim();
        const found =
          all.find((one) => nameOf(one) === wanted) ??
          all.find((one) => nameOf(one).includes(wanted));
        if (found === undefined) throw new Error(`${wanted}: ${all.map(nameOf).join(', ')}`);
        found.click();
        return null;
      }, name),
    ).toPass({ timeout: patienceMs });
  }

  /** Writes into the field of this label once it is there. */
  async fill(label: string, text: string): Promise<void> {
    await expect(() =>
      this.browser.run(
        (wanted, words) => {
          const labels = [...document.querySelectorAll('label')];
          const named = labels.find(({ innerText }) => innerText.trim().startsWith(wanted));
          const field = named?.control ?? document.querySelector(`[aria-label="${wanted}"]`);
          if (field instanceof HTMLSelectElement) {
            const choice = [...field.options].findIndex(({ label: one }) => one === words);
            if (choice === -1) throw new Error(`no choice ${words}`);
            field.selectedIndex = choice;
            field.dispatchEvent(new Event('change', { bubbles: true }));
          } else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
            field.focus();
            field.value = words;
            field.dispatchEvent(new Event('input', { bubbles: true }));
          } else {
            throw new Error(`no field ${wanted}`);
          }
          return null;
        },
        label,
        text,
      ),
    ).toPass({ timeout: patienceMs });
  }

  /** Says No wherever it can be said, once there is something to say it to. */
  async sayNo(): Promise<void> {
    await expect(() =>
      this.browser.run(() => {
        const labels = [...document.querySelectorAll('label')];
        const noes = labels.filter(({ innerText }) => innerText.trim() === 'No');
        if (noes.length === 0) throw new Error('nothing to say No to');
        for (const no of noes) no.click();
        return null;
      }),
    ).toPass({ timeout: patienceMs });
  }

  /** What the screen says. */
  read(): Promise<string> {
    return this.browser.run(() => document.querySelector('main')?.innerText ?? '');
  }

  async sees(words: string, timeout = patienceMs): Promise<void> {
    await expect.poll(() => this.read(), { timeout }).toContain(words);
  }
}
