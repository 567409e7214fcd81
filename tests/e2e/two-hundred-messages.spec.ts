import { expect, test, type Page } from '@playwright/test';
import type { BadLink } from '../support/bad-link.ts';
import { createDice, type Dice } from '../support/dice.ts';
import type { PathTrouble } from '../support/link-troubles.ts';
import { openConversation } from '../support/phone-actions.ts';
import { introduceTwoPhones, type TwoPhones } from '../support/two-phones.ts';

const messagesEach = 100;
const seed = 20_261_121;

let phones: TwoPhones;

test.beforeEach(async () => {
  test.setTimeout(900_000);
  phones = await introduceTwoPhones();
});

test.afterEach(async () => {
  await phones.throwAway();
});

/** One request in three is lost on its way, loses its answer on the way back, or arrives twice. */
function moodOf(dice: Dice): () => PathTrouble['does'] | undefined {
  return () => {
    const drawn = dice();
    if (drawn < 0.08) return { kind: 'reset' };
    if (drawn < 0.2) return { kind: 'truncate', afterBytes: Math.floor(dice() * 600) };
    if (drawn < 0.33) return { kind: 'repeat' };
    return undefined;
  };
}

function spoil(link: BadLink, dice: Dice): void {
  link.set({ delayMs: 40, cutEveryMs: 2_500, bytesPerSecond: 40_000, mood: moodOf(dice) });
}

/** Somebody holds the phone all the time, so that the vault does not lock by itself. */
async function keepOpen(page: Page): Promise<void> {
  await page.evaluate(() => {
    setInterval(() => dispatchEvent(new Event('keydown')), 30_000);
  });
}

const wordsOf = (name: string, index: number) => `${name}-${String(index).padStart(3, '0')}`;

async function writeAll(page: Page, name: string): Promise<void> {
  const field = page.getByLabel('Message', { exact: true });
  for (let index = 0; index < messagesEach; index++) {
    const words = wordsOf(name, index);
    await field.fill(words);
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(field).toHaveValue('');
  }
}

/** What of one sender's words stands in the log, in the log's order. */
async function readAll(page: Page, name: string): Promise<readonly string[]> {
  const said = await page.getByRole('log').innerText();
  return said.match(new RegExp(`${name}-\\d{3}`, 'g')) ?? [];
}

test('Two hundred messages cross a link that cuts, delays, repeats and truncates: all, in order, once', async () => {
  const { writer, reader } = phones;
  await openConversation(writer.page);
  await openConversation(reader.page);
  const dice = createDice(seed);
  spoil(writer.link, dice);
  spoil(reader.link, dice);
  await keepOpen(writer.page);
  await keepOpen(reader.page);

  await Promise.all([writeAll(writer.page, 'Writer'), writeAll(reader.page, 'Reader')]);

  for (const name of ['Writer', 'Reader']) {
    const all = Array.from({ length: messagesEach }, (_, index) => wordsOf(name, index));
    for (const { page } of [writer, reader]) {
      await expect.poll(() => readAll(page, name), { timeout: 400_000 }).toEqual(all);
    }
  }
  expect(writer.link.requests.length).toBeGreaterThan(messagesEach);
});
