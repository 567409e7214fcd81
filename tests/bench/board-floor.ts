import type { Page } from '@playwright/test';
import { typeAndTime, typeLetter } from './board-wishes.ts';

/** What stands on the screen after each text that is typed, ready to be put there at once. */
interface ReadyRows {
  readonly rows: Readonly<Record<string, string>>;
  readonly style: string;
  readonly open: string;
}

/** Where a page may be put that the service worker does not look at. */
const barePath = '/v1/box';

/** Milliseconds from each key to its paint in a page that only repeats what is typed: the browser's own part. */
export async function typeIntoBareBox(
  page: Page,
  texts: readonly string[],
): Promise<readonly number[]> {
  await showInstead(page, `<!doctype html>${box('<p></p>')}`, 'line.textContent = box.value');
  return typeAndTime(page, texts);
}

/**
 * The same keys in a page without app, worker or search: the rows that the board would show are there
 * beforehand, as markup, and are put on the screen within the key's own event. Reads them from the
 * board first, and leaves it.
 */
export async function typeOverReadyRows(
  page: Page,
  texts: readonly string[],
): Promise<readonly number[]> {
  const { rows, style, open } = await readRows(page, texts);
  const head = `<!doctype html>${open}<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" /><style>${style}</style>`;
  const ready = JSON.stringify(rows).replaceAll('<', '\\u003c');
  await showInstead(
    page,
    head + box('<p></p><ul></ul>'),
    `list.innerHTML = (${ready})[box.value] ?? ''`,
  );
  return typeAndTime(page, texts);
}

const box = (below: string) => `<main><input type="search" autofocus />${below}</main>`;

async function showInstead(page: Page, body: string, whenTyped: string): Promise<void> {
  const script = `<script>
    const [box, line, list] = document.querySelectorAll('input, p, ul');
    box.oninput = () => { ${whenTyped} };
  </script>`;
  await page.route(`**${barePath}`, (route) =>
    route.fulfill({ contentType: 'text/html', body: body + script }),
  );
  await page.goto(new URL(barePath, page.url()).href);
  await page.unroute(`**${barePath}`);
}

async function readRows(page: Page, texts: readonly string[]): Promise<ReadyRows> {
  const rows: Record<string, string> = {};
  const read = async () => {
    await page.waitForTimeout(500);
    const [typed, markup] = await page.evaluate(() => {
      const items = [...document.querySelectorAll('main ul > li')];
      const onScreen = items.filter((item) => item.getBoundingClientRect().top < innerHeight);
      return [
        document.querySelector('input')?.value ?? '',
        onScreen.map(({ outerHTML }) => outerHTML).join(''),
      ] as const;
    });
    rows[typed] = markup;
  };
  await read();
  for (const text of texts) {
    for (const letter of text) {
      await typeLetter(page, letter);
      await read();
    }
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Backspace');
  }
  const [style, open] = await page.evaluate(() => {
    const rules = [...document.styleSheets].flatMap(({ cssRules }) => [...cssRules]);
    const { outerHTML } = document.documentElement;
    return [
      rules.map(({ cssText }) => cssText).join('\n'),
      outerHTML.slice(0, outerHTML.indexOf('>') + 1),
    ] as const;
  });
  return { rows, style, open };
}
