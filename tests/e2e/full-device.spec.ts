import { expect, test } from '@playwright/test';
import { fillPhone } from '../bench/board-screen.ts';
import { openPhone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';

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
