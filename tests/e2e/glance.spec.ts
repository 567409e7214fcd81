import { expect, test, type Page } from '@playwright/test';
import { createVault, postRequest, walkTo } from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const passphrase = 'seven lamps over a quiet harbour';
const key = 'wallflower-glance';

let relay: ServedApp;
let phone: Phone;

test.beforeAll(async () => {
  relay = await serveApp({ demo: true });
});
test.afterAll(() => relay.throwAway());

test.beforeEach(async () => {
  await relay.start();
  phone = await openPhone(relay.origin);
  await phone.goto('/');
  await phone.page.getByRole('article').nth(10).waitFor();
  await phone.waitForShell();
});
test.afterEach(() => phone.throwAway());

const readKept = (page: Page) => page.evaluate((name) => localStorage.getItem(name), key);

async function waitUntilKept(page: Page): Promise<string> {
  await expect.poll(() => readKept(page)).not.toBeNull();
  return (await readKept(page)) ?? '';
}

/** What the page shows by itself. */
interface Early {
  readonly rows: readonly string[];
  readonly places: readonly number[];
  readonly links: readonly string[];
  readonly parts: readonly (readonly string[])[];
  readonly shapes: number;
  readonly hasApp: boolean;
  readonly isKept: boolean;
}

/** Opens a screen without a link, and looks at it before the app's first script can have run. */
async function lookEarly(path: string): Promise<Early> {
  await relay.stop();
  await phone.context.addInitScript(() => {
    const look = () => {
      const drawn = Array.from(document.querySelectorAll('#glance *'));
      const titles = drawn.filter(({ localName }) => localName === 'h2');
      const early: Early = {
        rows: titles.map(({ textContent }) => textContent),
        places: titles.map((title) => Math.round(title.getBoundingClientRect().top)),
        links: drawn.flatMap((element) => element.getAttribute('href') ?? []),
        parts: drawn.map(({ localName, attributes }) => [
          localName,
          ...Array.from(attributes, ({ name }) => name),
        ]),
        shapes: document.querySelectorAll('.skeleton-line').length,
        hasApp: document.querySelector('.shell') !== null,
        isKept: localStorage.getItem('wallflower-glance') !== null,
      };
      Object.assign(globalThis, { early });
    };
    addEventListener('DOMContentLoaded', () => {
      void (globalThis as unknown as { firstScreen: Promise<void> }).firstScreen.then(look);
    });
  });
  await phone.goto(path);
  await expect(phone.page.getByRole('heading', { level: 1 })).toBeAttached();
  return phone.page.evaluate(() => (globalThis as unknown as { early: Early }).early);
}

async function changeKept(page: Page, change: Record<string, unknown>): Promise<void> {
  await waitUntilKept(page);
  await page.evaluate(
    ([name, changed]) => {
      const kept = JSON.parse(localStorage.getItem(name) ?? '') as object;
      localStorage.setItem(name, JSON.stringify({ ...kept, ...changed }));
    },
    [key, change] as const,
  );
}

test('the next start shows the first rows where they stood, before the app runs', async () => {
  const { page } = phone;
  await waitUntilKept(page);
  const title = page.getByRole('listitem').getByRole('heading').first();
  const words = await title.textContent();
  const place = await title.evaluate((heading) => Math.round(heading.getBoundingClientRect().top));
  const early = await lookEarly('/');
  expect(early).toMatchObject({ shapes: 0, hasApp: false });
  expect(early.rows).toHaveLength(20);
  expect([early.rows[0], early.places[0]]).toEqual([words, place]);
  for (const link of early.links) expect(link).toMatch(/^\/request\/[\w-]{43}$/);
});

test('the app puts its own list in their place, and rows are seen all the while', async () => {
  const { page } = phone;
  await waitUntilKept(page);
  await relay.stop();
  await phone.context.addInitScript(() => {
    let wasSeen = false;
    let emptyFrames = 0;
    // What one frame begins without, it may still draw.
    const look = () => {
      const { length } = document.querySelectorAll('article');
      wasSeen ||= length > 0;
      emptyFrames = wasSeen && length === 0 ? emptyFrames + 1 : 0;
      if (emptyFrames > 1) Object.assign(globalThis, { hadGap: true });
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await phone.goto('/');
  await expect(page.getByRole('listitem').getByRole('article').first()).toBeVisible();
  await expect(page.locator('#glance')).toHaveCount(0);
  expect(await page.evaluate(() => 'hadGap' in globalThis)).toBe(false);
});

test('nothing of the app is asked for before they are painted, or could not be for a while', async () => {
  const { page } = phone;
  await waitUntilKept(page);
  await relay.stop();
  await phone.context.addInitScript(() => {
    const held: (() => void)[] = [];
    const { setTimeout: later } = globalThis;
    globalThis.requestAnimationFrame = () => 0;
    // The first longer wait of the page is for a paint that does not come.
    const hold = (work: () => void, ms = 0, ...given: unknown[]) => {
      if (ms < 500) return later(work, ms, ...given);
      return held.push(work);
    };
    Object.assign(globalThis, { setTimeout: hold, held });
  });
  await page.goto(`${phone.origin}/`);
  expect(await askedOfApp(page)).toEqual({ hasLinks: true, ofApp: [], rows: 2 });
  await passPaint(page);
  expect(await askedOfApp(page)).toEqual({ hasLinks: true, ofApp: [], rows: 20 });
  await passPaint(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
});

/** What the page has asked for of the app by itself so far, and how many rows it shows. */
function askedOfApp(page: Page) {
  return page.evaluate(async () => {
    const ahead = document.querySelector<HTMLTemplateElement>('#ahead');
    const links = Array.from(ahead?.content.querySelectorAll('link') ?? []);
    // As long as it takes to answer, what was asked for before was answered too. Words of other
    // languages are not on this phone.
    await Promise.allSettled(links.map(({ href }) => fetch(href)));
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const other = entries.filter(({ initiatorType }) => initiatorType !== 'fetch');
    const ofApp = other.map(({ name }) => name).filter((name) => name.includes('/_app/'));
    const rows = document.querySelectorAll('#glance > div').length;
    return { hasLinks: links.length > 0, ofApp, rows };
  });
}

/** Ends the wait for a paint that does not come. */
async function passPaint(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { held } = globalThis as unknown as { held: (() => void)[] };
    for (const work of held.splice(0)) work();
  });
}

test('no other screen shows them', async () => {
  await waitUntilKept(phone.page);
  expect(await lookEarly('/learn')).toMatchObject({ rows: [], shapes: 4 });
});

for (const [what, change] of [
  ['of another time', { day: 20_000 }],
  ['of another language', { tongues: 'xx' }],
  ['of another version of the app', { style: '/other.css' }],
  ['of another width', { screen: 99 }],
] as const) {
  test(`what is ${what} is not shown, and goes`, async () => {
    const { page } = phone;
    await changeKept(page, change);
    expect(await lookEarly('/')).toMatchObject({ rows: [], shapes: 4, isKept: false });
  });
}

test('texts stay texts, and nothing but the parts of a row is drawn', async () => {
  const { page } = phone;
  const markup = '<img src=x onerror="document.title=1">';
  const rows = [
    ['h2', { onclick: 'document.title=1' }, [markup]],
    ['script', {}, ['document.title=1']],
    [
      'p',
      {},
      [
        ['iframe', {}, ['x']],
        ['a', { href: 'https://example.org/' }, ['out']],
      ],
    ],
  ];
  await changeKept(page, { rows });
  const { rows: titles, parts } = await lookEarly('/');
  expect(titles).toEqual([markup]);
  expect(parts).toEqual([['div'], ['h2'], ['div'], ['div'], ['p'], ['a']]);
});

test('a board on which nothing stands any more is not remembered', async () => {
  const kept = await waitUntilKept(phone.page);
  const empty = await serveApp();
  const other = await openPhone(empty.origin);
  try {
    await other.goto('/');
    await other.page.evaluate(
      ([name, value]) => {
        localStorage.setItem(name, value);
      },
      [key, kept] as const,
    );
    await other.goto('/');
    await expect.poll(async () => (await readKept(other.page)) === null).toBe(true);
  } finally {
    await other.throwAway();
    await empty.throwAway();
  }
});

test('what cannot be read leaves the grey shapes', async () => {
  const { page } = phone;
  await waitUntilKept(page);
  await page.evaluate((name) => {
    localStorage.setItem(name, '{"day":');
  }, key);
  expect(await lookEarly('/')).toMatchObject({ rows: [], shapes: 4 });
});

test('nothing is kept while the vault is open, and no mark of one’s own after it', async () => {
  const { page } = phone;
  await createVault(page, passphrase);
  await page.evaluate((name) => {
    localStorage.removeItem(name);
  }, key);
  await relay.stop();
  await postRequest(page, { title: 'Mine and nobody else’s', text: 'Two pages.' });
  await walkTo(page, 'Board');
  await expect(page.getByRole('article').filter({ hasText: 'Yours' })).toHaveCount(1);
  // Longer than the list must be quiet to be kept.
  await page.waitForTimeout(4_000);
  expect(await readKept(page)).toBeNull();
  await page.getByRole('button', { name: 'Lock' }).click();
  const kept = await waitUntilKept(page);
  for (const hidden of ['Yours', 'age svelte']) {
    expect(kept.includes(hidden), hidden).toBe(false);
  }
});
