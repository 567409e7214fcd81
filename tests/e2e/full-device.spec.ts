import { expect, test } from '@playwright/test';
import { fillPhone } from '../bench/board-screen.ts';
import {
  createVault,
  postRequest,
  requestTitle,
  unlockVault,
  walkTo,
} from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';
import { SmallDisk } from '../support/small-disk.ts';

const passphrase = 'seven tall cranes fold paper ships';

test('a device that gives no more room keeps the newest of the board, and the app opens on it', async () => {
  test.setTimeout(300_000);
  const relay = await serveApp({ demo: true });
  const phone = await openPhone(relay.origin);
  try {
    const session = await phone.context.newCDPSession(phone.page);
    await session.send('Storage.overrideQuotaForOrigin', {
      origin: relay.origin,
      quotaSize: 9_000_000,
    });
    const filled = await fillPhone(phone, 20_000);
    expect(filled.entries).toBeGreaterThan(100);
    expect(filled.entries).toBeLessThan(16_000);
    expect(filled.full).toBe(true);
    await phone.goto('/');
    await expect(phone.page.getByRole('article').first()).toBeVisible();
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
});

async function lockedVaultOn(phone: Phone): Promise<void> {
  await phone.goto('/');
  await phone.waitForShell();
  await expect(phone.page.getByRole('article').first()).toBeVisible();
  await createVault(phone.page, passphrase);
}

/** Writes files until none is taken, then into a database, which overruns its quota before it notices. */
async function takeAllThatIsGiven(): Promise<void> {
  const folder = await navigator.storage.getDirectory();
  for (let bytes = 1_048_576; bytes >= 1;) {
    try {
      const name = `filler-${crypto.randomUUID()}`;
      const file = await folder.getFileHandle(name, { create: true });
      const writing = await file.createWritable();
      await writing.write(new Uint8Array(bytes));
      await writing.close();
    } catch {
      bytes /= 4;
    }
  }
  const opening = indexedDB.open('filler');
  opening.onupgradeneeded = () => opening.result.createObjectStore('filler');
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const isTaken = (key: number) =>
    new Promise<boolean>((resolve) => {
      const writing = opening.result.transaction('filler', 'readwrite');
      writing.objectStore('filler').put(key, key);
      writing.oncomplete = () => {
        resolve(true);
      };
      writing.onabort = () => {
        resolve(false);
      };
    });
  for (let key = 0; await isTaken(key);) key++;
  opening.result.close();
}

async function opensLockedAndUnlocks(phone: Phone): Promise<void> {
  await phone.goto('/');
  await expect(phone.page.getByRole('article').first()).toBeVisible();
  await unlockVault(phone.page, passphrase);
  await walkTo(phone.page, 'Board');
  await expect(phone.page.getByRole('article').first()).toBeVisible();
}

test('a device whose browser gives no byte more opens with a locked vault, shows the board, and unlocks', async () => {
  const relay = await serveApp({ demo: true });
  const phone = await openPhone(relay.origin);
  try {
    const session = await phone.context.newCDPSession(phone.page);
    const quota = { origin: relay.origin, quotaSize: 12_000_000 };
    await session.send('Storage.overrideQuotaForOrigin', quota);
    await lockedVaultOn(phone);
    await phone.page.evaluate(takeAllThatIsGiven);
    await opensLockedAndUnlocks(phone);
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
});

/** Changes what the browser gives to this origin, in bytes. */
async function giveRoom(phone: Phone, quotaSize: number): Promise<void> {
  const session = await phone.context.newCDPSession(phone.page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: phone.origin, quotaSize });
}

test('a device that gives less than what is already there opens, reads, and writes once it gives more', async () => {
  const relay = await serveApp({ demo: true });
  const phone = await openPhone(relay.origin);
  try {
    await lockedVaultOn(phone);
    // Less than would be free if the ballast went.
    await giveRoom(phone, 1_000_000);
    await opensLockedAndUnlocks(phone);
    await giveRoom(phone, 100_000_000);
    await postRequest(phone.page, { title: requestTitle, text: 'A lamp to read by.' });
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
});

test('a first start without room says so, and opens by itself once there is some', async () => {
  const relay = await serveApp({ demo: true });
  const phone = await openPhone(relay.origin);
  try {
    await giveRoom(phone, 1_000);
    await phone.goto('/');
    const alert = phone.page.getByRole('alert');
    await expect(alert).toContainText('No room is left on this device');
    await giveRoom(phone, 100_000_000);
    await expect(phone.page.getByRole('article').first()).toBeVisible();
    await expect(alert).toHaveCount(0);
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
});

test('a disk that is full to the last byte opens with a locked vault, shows the board, and unlocks', async () => {
  const disk = await SmallDisk.mount(256);
  test.skip(disk === undefined, 'Only where a small disk may be mounted.');
  if (disk === undefined) return;
  const relay = await serveApp({ demo: true });
  const phone = await openPhone(relay.origin, { folder: disk.folder });
  try {
    await lockedVaultOn(phone);
    await phone.switchOff();
    await disk.fill();
    await phone.switchOn();
    await disk.fill();
    await opensLockedAndUnlocks(phone);
  } finally {
    await phone.throwAway();
    await relay.throwAway();
    await disk.unmount();
  }
});
