import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { lookForNews, openConversation, sendMessage, walkTo } from '../support/phone-actions.ts';
import { introduceTwoPhones, type TwoPhones } from '../support/two-phones.ts';

let phones: TwoPhones;
let folder: string;
let complaints: string[];

/** What the reader's camera sees: a film of as many pictures as are in the file. */
const film = () => join(folder, 'camera.mjpeg');

test.beforeEach(async () => {
  test.setTimeout(300_000);
  folder = await mkdtemp(join(tmpdir(), 'wallflower-camera-'));
  phones = await introduceTwoPhones({
    flags: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film()}`,
    ],
  });
  complaints = [];
  for (const { page } of [phones.writer, phones.reader]) {
    page.on('console', (message) => {
      const text = message.text();
      if (/content security policy|trusted ?type|permissions policy/i.test(text)) {
        complaints.push(text);
      }
    });
  }
  await openConversation(phones.writer.page);
  await sendMessage(phones.writer.page, 'Good evening.');
  await lookForNews(phones.writer.page);
  await lookForNews(phones.reader.page);
  await showCode(phones.writer.page);
  await showCode(phones.reader.page);
});

test.afterEach(async () => {
  expect(complaints).toEqual([]);
  await phones.throwAway();
  await rm(folder, { recursive: true, force: true });
});

async function showCode(page: Page): Promise<void> {
  await openConversation(page);
  await page.getByRole('button', { name: 'About this conversation' }).click();
  await page.getByRole('button', { name: 'Verify contact' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Verify contact' })).toBeVisible();
  await expect(page.getByRole('img', { name: 'Your code' })).toBeVisible();
}

const digitsOn = (page: Page) =>
  page.getByRole('list', { name: 'Twelve groups of five digits' }).getByRole('listitem');

async function readCodeText(page: Page): Promise<string> {
  await page.getByText('Code as text').click();
  return (await page.locator('code').innerText()).trim();
}

async function compareText(page: Page, code: string): Promise<void> {
  if (!(await page.getByLabel('Their code').isVisible())) {
    await page.getByText('Code as text').click();
  }
  await page.getByLabel('Their code').fill(code);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
}

async function expectMark(page: Page): Promise<void> {
  await expect(page.getByText('You verified this contact on')).toBeVisible();
  await page.getByRole('link', { name: 'Back to the conversation' }).click();
  await expect(page.getByRole('log')).toBeVisible();
  await expect(
    page
      .getByRole('banner')
      .or(page.getByRole('main'))
      .getByText('Verified', { exact: true })
      .first(),
  ).toBeVisible();
  await walkTo(page, 'Messages');
  await expect(page.getByRole('article').getByText('Verified', { exact: true })).toBeVisible();
}

test('two people compare their numbers and codes, and both see the mark', async () => {
  const writer = phones.writer.page;
  const reader = phones.reader.page;

  await test.step('the digits are the same, in twelve groups of five, read one by one', async () => {
    await expect(digitsOn(writer)).toHaveCount(12);
    const groups = await digitsOn(writer).allInnerTexts();
    expect(groups.map((text) => text.slice(0, 5)).join('')).toMatch(/^\d{60}$/);
    expect(await digitsOn(reader).allInnerTexts()).toEqual(groups);
    const [first = ''] = groups;
    const spoken = [...first.slice(0, 5)].join(' ');
    await expect(digitsOn(writer).first().getByText(spoken)).toHaveCount(1);
  });

  await test.step('a code that is not theirs is refused, and says what to do', async () => {
    const code = await readCodeText(reader);
    await compareText(
      writer,
      code.replace(/\d$/, (last) => String((Number(last) + 1) % 10)),
    );
    await expect(writer.getByText('This may not be the person you think of')).toBeVisible();
    await expect(writer.getByText('This code belongs to somebody else')).toBeVisible();
    await expect(writer.getByText('You verified this contact on')).toHaveCount(0);
  });

  await test.step('theirs, given as text, is accepted', async () => {
    await compareText(writer, await reader.locator('code').innerText());
    await expect(writer.getByText('This may not be the person')).toHaveCount(0);
    await expectMark(writer);
  });

  await test.step('a picture of the code does as well', async () => {
    const picture = await reader.getByRole('img', { name: 'Your code' }).screenshot();
    await reader
      .getByLabel('Choose a picture of the code')
      .setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture });
    await expectMark(reader);
  });
});

test('a picture without a code says so', async () => {
  const { page } = phones.reader;
  const heading = await page.getByRole('heading', { level: 1 }).screenshot();
  await page
    .getByLabel('Choose a picture of the code')
    .setInputFiles({ name: 'words.png', mimeType: 'image/png', buffer: heading });
  await expect(page.getByText('No code can be read in this picture.')).toBeVisible();
});

test('the camera reads the code on the other phone', async () => {
  const { page } = phones.reader;
  await phones.writer.page.setViewportSize({ width: 640, height: 480 });
  await phones.writer.page.getByRole('img', { name: 'Your code' }).scrollIntoViewIfNeeded();
  await writeFile(film(), await phones.writer.page.screenshot({ type: 'jpeg', quality: 90 }));
  await page.getByRole('button', { name: 'Scan their code' }).click();
  await expectMark(page);
});

test('numbers that are not the same take the mark away, and the contact can be blocked', async () => {
  const { page } = phones.writer;
  await page.getByRole('button', { name: 'They match', exact: true }).click();
  await expect(page.getByText('You verified this contact on')).toBeVisible();
  await page.getByRole('button', { name: 'They do not match' }).click();
  await expect(page.getByText('Write nothing more here.')).toBeVisible();
  await page.getByRole('button', { name: 'Block' }).click();
  await expect(page.getByText('You have blocked this person')).toBeVisible();
  await expect(page.getByText('Verified', { exact: true })).toHaveCount(0);
});
