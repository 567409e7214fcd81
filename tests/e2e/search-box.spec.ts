import { expect, test, type Locator, type Page } from '@playwright/test';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

let relay: ServedApp;
let phone: Phone;

test.beforeAll(async () => {
  relay = await serveApp({ demo: true });
  phone = await openPhone(relay.origin, { locale: 'ar' });
});

test.afterAll(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

test('an empty search box runs the way its page does, and what is typed its own way', async () => {
  const narrow = phone.page.viewportSize();
  if (narrow === null) throw new Error('The page has no size of its own.');
  // Wide enough for the box's own words in any font.
  await phone.page.setViewportSize({ ...narrow, width: 720 });
  await phone.goto('/');
  const box = phone.page.getByRole('searchbox');
  await expect(phone.page.getByRole('article').first()).toBeVisible();
  const edges = await box.boundingBox();
  if (edges === null) throw new Error('There is no search box.');
  const { x, y, height } = edges;
  // Beside the cross that clears the box, where neither its words nor a short Arabic word reach.
  const clip = { x: x + 36, y, width: 24, height };
  const leftSide = () => phone.page.screenshot({ clip });
  const empty = await leftSide();
  const isEmptyWith = async (text: string) => {
    await box.fill(text);
    await box.blur();
    return empty.equals(await leftSide());
  };
  expect(await isEmptyWith('lawyer')).toBe(false);
  expect(await isEmptyWith('محام')).toBe(true);
  expect(await isEmptyWith('')).toBe(true);
  await phone.page.setViewportSize(narrow);
});

test('a touch on the search box brings it to the top, so that a keyboard covers less of what is found', async () => {
  const { page } = phone;
  const session = await phone.context.newCDPSession(page);
  const box = page.getByRole('searchbox');
  const topOf = async (what: Locator) => (await what.boundingBox())?.y ?? Number.NaN;
  const first = page.getByRole('article').first();
  await phone.goto('/');
  await first.waitFor();
  const [boxBefore, firstBefore] = [await topOf(box), await topOf(first)];
  await box.focus();
  expect(await topOf(box)).toBe(boxBefore);
  await box.blur();

  await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  await box.focus();
  const top = await topOf(box);
  const header = await page.locator('header').first().boundingBox();
  expect(top).toBeGreaterThan((header?.y ?? 0) + (header?.height ?? 0));
  expect(top).toBeLessThan(100);
  expect(await topOf(first)).toBeLessThan(firstBefore - 100);

  await box.fill('qqqqzzzz');
  await expect(first).toHaveCount(0);
  expect(await topOf(box)).toBe(top);
  await box.press('Enter');
  await expect(box).not.toBeFocused();
  expect(await topOf(box)).toBe(top);
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: false });
  await session.detach();
});

/** Searches that the page hands to its engine from now on, each with what the box held just then. */
async function watchSearches(page: Page): Promise<() => Promise<readonly (readonly string[])[]>> {
  await page.evaluate(() => {
    const asked: [searched: string, held: string][] = [];
    Object.assign(globalThis, { asked });
    const box = document.querySelector<HTMLInputElement>('input[type=search]');
    for (const { prototype } of [MessagePort, Worker] as { prototype: MessagePort }[]) {
      const post = prototype.postMessage;
      prototype.postMessage = function (this: MessagePort, ...given: [unknown]) {
        const { path, argumentList } = given[0] as {
          path?: readonly string[];
          argumentList?: readonly { readonly value: { readonly text: string } }[];
        };
        if (path?.at(-1) === 'queryBoard') {
          asked.push([argumentList?.[0]?.value.text ?? '', box?.value ?? '']);
        }
        post.apply(this, given);
      };
    }
  });
  return () => page.evaluate(() => (globalThis as unknown as { asked: string[][] }).asked);
}

test('each letter is searched for once, before the box has it, and none that is taken back', async () => {
  const { page } = phone;
  await phone.goto('/');
  await page.getByRole('article').first().waitFor();
  const box = page.getByRole('searchbox');
  await expect(page.getByText('400')).toBeVisible();
  await box.focus();
  const searches = await watchSearches(page);
  // A board that moves is searched anew.
  await expect(async () => {
    const before = (await searches()).length;
    await page.waitForTimeout(1_000);
    expect((await searches()).length).toBe(before);
  }).toPass();
  const settled = (await searches()).length;
  await page.keyboard.press('f');
  await page.keyboard.press('i');
  await expect
    .poll(async () => (await searches()).slice(settled))
    .toEqual([
      ['f', ''],
      ['fi', 'f'],
    ]);

  // As a phone's keyboard writes: all of a word again with each letter.
  const session = await phone.context.newCDPSession(page);
  await page.keyboard.press('Space');
  for (const text of ['م', 'مح', 'محا']) {
    await session.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  }
  await expect(box).toHaveValue('fi محا');
  expect((await searches()).slice(settled + 2)).toEqual([
    ['fi ', 'fi'],
    ['fi م', 'fi '],
    ['fi مح', 'fi م'],
    ['fi محا', 'fi مح'],
  ]);

  await session.send('Input.insertText', { text: 'محا' });
  for (const held of ['fi مح', 'fi م', 'fi ', 'fi', 'f', '']) {
    await page.keyboard.press('Backspace');
    await expect(box).toHaveValue(held);
  }
  await expect(page.getByRole('article').first()).toBeVisible();
  expect((await searches()).slice(settled + 6)).toEqual([]);
  await session.detach();
});

/** From when it is told so, the page hears nothing more from its engine's worker. */
async function holdMessages({ context, page }: Phone): Promise<() => Promise<void>> {
  await context.addInitScript(() => {
    const listen = Worker.prototype.addEventListener;
    Worker.prototype.addEventListener = function (
      this: Worker,
      type: string,
      hear: (event: Event) => void,
    ) {
      listen.call(this, type, (event: Event) => {
        if (!('isHeld' in globalThis)) hear(event);
      });
    };
  });
  return () =>
    page.evaluate(() => {
      Object.assign(globalThis, { isHeld: true });
    });
}

test('what was found is shown from shared memory, before any message brings it', async () => {
  const { page } = phone;
  const hold = await holdMessages(phone);
  await phone.goto('/');
  const list = page.locator('main ul[aria-busy]');
  await expect(page.getByText('400')).toBeVisible();
  await page.getByRole('searchbox').focus();
  await page.keyboard.press('Space');
  await page.waitForTimeout(500);
  await hold();
  // An answer that missed the letter's frame is there when the letter is typed again.
  await expect(async () => {
    await page.keyboard.press('f');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('f');
    await expect(page.getByText('400')).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await expect(list).toHaveAttribute('aria-busy', 'false');
});
