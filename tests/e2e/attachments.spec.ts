import { readFile } from 'node:fs/promises';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { lookInto } from '#app/attachments/file-findings.ts';
import { pictureSize } from '#app/attachments/picture-size.ts';
import {
  createVault,
  lookForNews,
  messageWith,
  openConversation,
  openEntry,
  postRequest,
  replyPrivately,
  requestTitle,
  waitForContactCard,
  walkTo,
} from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { pdfOf, tagJpeg, telltales } from '../support/sample-files.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

interface Chosen {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

test.describe.configure({ timeout: 300_000 });

let relay: ServedApp;
let writer: Phone;
let reader: Phone;
const troubles: string[] = [];

test.beforeAll(async () => {
  relay = await serveApp();
  writer = await openPhone(relay.origin);
  reader = await openPhone(relay.origin);
  for (const { page, context } of [writer, reader]) {
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted Type/i.test(message.text()))
        troubles.push(message.text());
    });
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('page', (other) => troubles.push(`another page: ${other.url()}`));
  }
  await meet();
});

test.afterAll(async () => {
  await reader.throwAway();
  await writer.throwAway();
  await relay.throwAway();
});

/** The writer asks, the reader answers, and both have the conversation open. */
async function meet(): Promise<void> {
  await reader.goto('/');
  await createVault(reader.page, 'velvet ladder answers slow thunder');
  await writer.goto('/');
  await createVault(writer.page, 'orange kettle ninety windmills hum');
  await postRequest(writer.page, { title: requestTitle, text: 'Two pages, before Friday.' });
  await lookForNews(writer.page);
  await lookForNews(reader.page);
  await openEntry(reader.page, requestTitle);
  await waitForContactCard(reader.page);
  await replyPrivately(reader.page, 'Send me both pages.');
  await expect(messageWith(reader.page, 'both pages')).toContainText('On the relay');
  await lookForNews(writer.page);
  await walkTo(writer.page, 'Messages');
  await writer.page.getByRole('button', { name: 'Accept' }).first().click();
  await openConversation(writer.page);
}

async function choose(page: Page, file: Chosen): Promise<Locator> {
  const opened = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach a file' }).click();
  await (await opened).setFiles(file);
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Sends what was chosen, and waits until the relay has all of it. */
async function sendChosen(page: Page, button: string, name: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(messageWith(page, name)).toContainText('On the relay');
}

async function fetchFile(page: Page, name: string): Promise<Locator> {
  await lookForNews(page);
  await openConversation(page);
  const message = messageWith(page, name);
  await expect(message).toContainText('On the relay. Fetching it costs');
  await message.getByRole('button', { name: 'Fetch' }).click();
  await expect(message).toContainText('On this device, in the vault.');
  return message;
}

async function saveOpened(page: Page): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save outside the vault' }).click();
  const download = await saving;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** A JPEG of 320 by 160 pixels, red on the left and blue on the right, made by the browser. */
async function makeJpeg(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 320;
    canvas.height = 160;
    const pen = canvas.getContext('2d');
    if (pen === null) throw new Error('No canvas.');
    for (const [colour, from] of [
      ['#d02010', 0],
      ['#1020d0', 160],
    ] as const) {
      pen.fillStyle = colour;
      pen.fillRect(from, 0, 160, 160);
    }
    return canvas.toDataURL('image/jpeg', 0.9).replace(/^.*,/, '');
  });
  return Buffer.from(base64, 'base64');
}

/** Colours of a picture at places from 0 to 1, as the reader's own browser decodes it. */
async function coloursIn(
  page: Page,
  bytes: Buffer,
  places: readonly (readonly [number, number])[],
): Promise<readonly string[]> {
  return page.evaluate(
    async ({ base64, at }) => {
      const decoded = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([decoded]));
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const pen = canvas.getContext('2d');
      if (pen === null) throw new Error('No canvas.');
      pen.drawImage(picture, 0, 0);
      return at.map(([x, y]) => {
        const [red = 0, green = 0, blue = 0] = pen.getImageData(
          Math.min(picture.width - 1, x * picture.width),
          Math.min(picture.height - 1, y * picture.height),
          1,
          1,
        ).data;
        if (red + green + blue < 40) return 'black';
        return red > blue ? 'red' : 'blue';
      });
    },
    { base64: bytes.toString('base64'), at: places.map(([x, y]) => [x, y] as [number, number]) },
  );
}

test('a picture from a phone arrives without its place, and without what was covered', async () => {
  const page = writer.page;
  const sideways = tagJpeg(await makeJpeg(page), 6);
  expect((await lookInto(sideways)).findings.map(({ kind }) => kind)).toContain('place');

  await test.step('the sender reads what the picture holds, and that it stays here', async () => {
    const dialog = await choose(page, {
      name: 'IMG_20260314_Thursday group.jpg',
      mimeType: 'image/jpeg',
      buffer: sideways,
    });
    await expect(dialog).toContainText(
      `the place: \u2068${telltales.place}\u2069, \u2068${telltales.city}\u2069`,
    );
    await expect(dialog).toContainText(telltales.camera);
    await expect(dialog).toContainText(telltales.taken);
    await expect(dialog).toContainText('None of that is sent');
    await expect(dialog).toContainText('It travels under the name \u2066picture.');
  });

  await test.step('covers the middle by keyboard, and a corner by touch', async () => {
    await page.getByRole('button', { name: 'Cover something' }).click();
    const sheet = page.getByRole('application', { name: 'Picture to cover' });
    await sheet.focus();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('dialog').getByRole('status').first()).toContainText(
      'Frame from 40 to 60 percent across, from 40 to 60 percent down',
    );
    await page.keyboard.press('Enter');
    await expect(page.getByText('1 place is covered')).toBeVisible();
    const box = await sheet.boundingBox();
    if (box === null) throw new Error('The picture is not on the screen.');
    await page.mouse.click(box.x + box.width * 0.1, box.y + box.height * 0.95);
    await expect(page.getByText('2 places are covered')).toBeVisible();
    await page.mouse.click(box.x + box.width * 0.9, box.y + box.height * 0.1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('2 places are covered')).toBeVisible();
  });

  await sendChosen(page, 'Send picture', 'picture.');

  await test.step('the reader fetches it, sees it, and saves a copy', async () => {
    const message = await fetchFile(reader.page, 'picture.');
    await message.getByRole('button', { name: 'Show' }).click();
    const shown = reader.page.getByRole('img', { name: 'Picture, 160 by 320 pixels' });
    await expect(shown).toBeVisible();
    const { name, bytes } = await saveOpened(reader.page);
    expect(name).toMatch(/^picture\.(?:jpg|webp)$/);
    const { kind, findings } = await lookInto(bytes);
    expect(findings).toEqual([]);
    for (const secret of [
      ...Object.values(telltales),
      'Exif',
      'xmpmeta',
      'Photoshop',
      'ftypmp42',
    ]) {
      expect(bytes.includes(secret), secret).toBe(false);
    }
    expect(kind === 'jpeg' || kind === 'webp').toBe(true);
    if (kind === 'jpeg' || kind === 'webp') {
      expect(pictureSize(bytes, kind)).toEqual({ width: 160, height: 320 });
    }
    expect(
      await coloursIn(reader.page, bytes, [
        [0.5, 0.1],
        [0.5, 0.9],
        [0.5, 0.5],
        [0.1, 0.95],
        [0.9, 0.1],
      ]),
    ).toEqual(['red', 'blue', 'black', 'black', 'red']);
  });
  expect(troubles).toEqual([]);
});

test('a document goes out as it is, after a warning that names what is in it', async () => {
  const page = writer.page;
  const pdf = pdfOf(`/Author (${telltales.owner}) /Producer (Inkwell 3)`, { packed: true });

  const dialog = await choose(page, {
    name: 'Charge sheet.pdf',
    mimeType: 'application/pdf',
    buffer: pdf,
  });
  await expect(dialog).toContainText('This file is sent as it is, and it holds');
  await expect(dialog).toContainText(`a person's name: \u2068${telltales.owner}\u2069`);
  await expect(dialog).toContainText('Inkwell 3');
  await expect(dialog).toContainText('\u2066file.pdf');
  await dialog.getByRole('checkbox', { name: 'Keep the name it has' }).check();
  await expect(dialog).toContainText('\u2066Charge sheet.pdf');
  await sendChosen(page, 'Send file as it is', 'Charge sheet.pdf');

  const message = await fetchFile(reader.page, 'Charge sheet.pdf');
  await message.getByRole('button', { name: 'Open' }).click();
  await expect(reader.page.getByRole('dialog')).toContainText('A saved copy leaves the vault');
  const saved = await saveOpened(reader.page);
  expect(saved.name).toBe('Charge sheet.pdf');
  expect(saved.bytes.equals(pdf)).toBe(true);
  expect(troubles).toEqual([]);
});

test('a picture that cannot be cleaned is refused, with what to do', async () => {
  const heic = Buffer.from('\0\0\0\u0018ftypheic\0\0\0\0mif1heic', 'latin1');
  const dialog = await choose(writer.page, {
    name: 'IMG_1.jpg',
    mimeType: 'image/jpeg',
    buffer: heic,
  });
  await expect(dialog).toContainText('This is a HEIC picture');
  await expect(dialog).toContainText('screenshot');
  await expect(dialog.getByRole('button', { name: /^Send/ })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(dialog).toBeHidden();
});

const script = 'window.name = "owned"; document.title = "owned"; alert(document.domain)';
const hostileFiles: readonly Chosen[] = [
  {
    name: 'photo\u202egpj.html',
    mimeType: 'image/jpeg',
    buffer: Buffer.from(`<!doctype html><script>${script}</script><img src=x onerror='${script}'>`),
  },
  {
    name: 'drawing.svg',
    mimeType: 'image/svg+xml',
    buffer: Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" onload='${script}'><script>${script}</script></svg>`,
    ),
  },
];

test('a hostile page or drawing runs nowhere near the app', async () => {
  for (const file of hostileFiles) {
    const dialog = await choose(writer.page, file);
    await expect(dialog).toContainText('scripts or links that run programs');
    await dialog.getByRole('checkbox').check();
    const ending = file.name.replace(/^.*\./, '.');
    await sendChosen(writer.page, 'Send file as it is', ending);

    const message = await fetchFile(reader.page, ending);
    await message.getByRole('button', { name: 'Open' }).click();
    const opened = reader.page.getByRole('dialog');
    await expect(opened).toContainText('can run programs on your device');
    await expect(opened).toContainText('The app shows pictures only');
    const saved = await saveOpened(reader.page);
    expect(saved.name).toBe(file.name.replace('\u202e', ''));
    expect(saved.bytes.equals(file.buffer)).toBe(true);
    await expect(opened.locator('img, iframe, object, embed, svg image')).toHaveCount(0);
    await opened.getByRole('button', { name: 'Close' }).last().click();
  }
  for (const { page, context } of [writer, reader]) {
    expect(await page.evaluate(() => [window.name, document.title])).not.toContain('owned');
    expect(context.pages()).toHaveLength(1);
  }
  expect(troubles).toEqual([]);
});

test('a file that crosses a slow link says how far it is, and rests when asked', async () => {
  const page = writer.page;
  const bytes = Buffer.from(
    Array.from({ length: 150_000 }, (_, index) => (index * 7 + (index >> 8)) % 251),
  );
  await choose(page, { name: 'recording.bin', mimeType: '', buffer: bytes });
  writer.link.set({ bytesPerSecond: 8_000 });
  await page.getByRole('button', { name: 'Send file as it is' }).click();
  const message = messageWith(page, 'file.bin');
  await expect(message).toContainText('have reached the relay. The rest follows');
  await expect(message.getByRole('progressbar')).toBeVisible();
  await expect(message).not.toContainText('On the relay');
  await message.getByRole('button', { name: 'Pause' }).click();
  await expect(message).toContainText('Paused.');
  await message.getByRole('button', { name: 'Continue' }).click();
  await expect(message).not.toContainText('Paused.');
  writer.link.heal();
  await expect(message).toContainText('On the relay', { timeout: 60_000 });
  await expect(message.getByRole('progressbar')).toHaveCount(0);
  const arrived = await fetchFile(reader.page, 'file.bin');
  await arrived.getByRole('button', { name: 'Open' }).click();
  expect((await saveOpened(reader.page)).bytes.equals(bytes)).toBe(true);
});
