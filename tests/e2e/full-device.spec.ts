import { expect, test } from '@playwright/test';
import { fillPhone } from '../bench/board-screen.ts';
import { createVault, unlockVault, walkTo } from '../support/phone-actions.ts';
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

/** Writes into a database of its own until not one more value is taken. */
async function takeAllThatIsGiven(): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open('filler');
    opening.onupgradeneeded = () => opening.result.createObjectStore('filler');
    opening.onsuccess = () => {
      resolve(opening.result);
    };
  });
  for (let bytes = 32_768, key = 0; bytes >= 1; key++) {
    const isTaken = await new Promise<boolean>((resolve) => {
      const writing = db.transaction('filler', 'readwrite');
      writing.objectStore('filler').put(crypto.getRandomValues(new Uint8Array(bytes)), key);
      writing.oncomplete = () => {
        resolve(true);
      };
      writing.onabort = () => {
        resolve(false);
      };
    });
    if (!isTaken) bytes /= 8;
  }
  db.close();
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
