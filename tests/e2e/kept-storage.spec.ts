import { expect, test } from '@playwright/test';
import { createVault, walkTo } from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

let relay: ServedApp;
let phone: Phone;

test.beforeEach(async () => {
  relay = await serveApp();
  phone = await openPhone(relay.origin);
  await phone.context.addInitScript(() => {
    const answers: boolean[] = [];
    Object.assign(globalThis, { answers });
    const persist = navigator.storage.persist.bind(navigator.storage);
    navigator.storage.persist = async () => {
      const answer = await persist();
      answers.push(answer);
      return answer;
    };
  });
  await phone.goto('/');
});

test.afterEach(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

/** What the browser answered each time it was asked to keep what is here. */
const answersOf = ({ page }: Phone) =>
  page.evaluate(() => (globalThis as unknown as { answers: readonly boolean[] }).answers);

test('the browser is asked to keep what is here when there is a vault, and not before', async () => {
  await walkTo(phone.page, 'Network');
  expect(await answersOf(phone)).toEqual([]);
  await createVault(phone.page, 'seven lamps over a quiet harbour');
  await expect.poll(() => answersOf(phone)).toHaveLength(1);
});

test('who asks again is told that the browser did not agree', async () => {
  await walkTo(phone.page, 'Network');
  await phone.page.getByRole('button', { name: 'Ask the browser to keep it' }).click();
  await expect(phone.page.getByText('The browser did not agree.')).toBeVisible();
  expect(await answersOf(phone)).toEqual([false]);
});
