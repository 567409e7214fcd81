import { expect, test, type Page } from '@playwright/test';
import { withDemoPhone } from '../support/demo-phone.ts';

/** Holds all that the device keeps in a transaction that does not end, until what this returns is called. */
async function holdStorage(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('wallflower');
      request.onsuccess = () => {
        resolve(request.result);
      };
    });
    const names = [...db.objectStoreNames];
    const held = db.transaction(names, 'readwrite').objectStore(names[0] ?? '');
    let isHeld = true;
    const goOn = () => {
      if (isHeld) held.count().onsuccess = goOn;
      else db.close();
    };
    goOn();
    Object.assign(globalThis, { letGo: () => (isHeld = false) });
  });
  return () =>
    page.evaluate(() => {
      (globalThis as unknown as { letGo: () => void }).letGo();
    });
}

test('a storage that neither opens nor refuses is named, with what to do, and opens the app once it answers', () =>
  withDemoPhone(async (phone, origin) => {
    await phone.goto('/');
    await phone.waitForShell();
    const holder = await phone.context.newPage();
    await holder.route('**/v1/box', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>box</title>' }),
    );
    await holder.goto(`${origin}/v1/box`);
    await phone.page.close();
    const letGo = await holdStorage(holder);
    const app = await phone.context.newPage();
    await app.goto(origin);
    const alert = app.getByRole('alert');
    await expect(alert).toContainText('Close Wallflower in every tab', { timeout: 40_000 });
    await letGo();
    await expect(app.getByRole('article').first()).toBeVisible();
    await expect(alert).toHaveCount(0);
  }));
