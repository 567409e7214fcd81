import { beforeEach, expect, test, vi } from 'vitest';
import type { CharterView } from '#engine/api/trust-calls.ts';

const device = {
  charter: null as CharterView | null,
  refuses: null as string | null,
  tell: (_event: string): void => undefined,
};

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    readCharter: () => Promise.resolve(device.charter),
    followOfferedCharter: () => {
      if (device.refuses !== null) {
        return Promise.resolve({ ok: false, error: { code: device.refuses } });
      }
      if (device.charter !== null) device.charter = { ...device.charter, offersAnother: false };
      return Promise.resolve({ ok: true, value: undefined });
    },
  },
  onEngineEvent: (listener: (event: string) => void) => {
    device.tell = listener;
    return () => undefined;
  },
}));

const { CharterState } = await import('#app/charter.svelte.ts');

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const offered: CharterView = { name: 'Lamp', stewards: [], until: null, offersAnother: true };

async function open() {
  const charter = new CharterState();
  charter.follow();
  await settled();
  return charter;
}

beforeEach(() => {
  Object.assign(device, { charter: null, refuses: null });
});

test('nobody vets people until a charter is there', async () => {
  const charter = await open();
  expect(charter.view).toBeNull();
  device.charter = offered;
  device.tell('mail');
  await settled();
  expect(charter.view).toBeNull();
  device.tell('board');
  await settled();
  expect(charter.view).toBe(offered);
});

test('other stewards count once the reader says so', async () => {
  device.charter = offered;
  const charter = await open();
  expect([charter.view?.offersAnother, charter.followed]).toEqual([true, false]);
  await charter.followOffered();
  expect([charter.view?.offersAnother, charter.followed]).toEqual([false, true]);
});

test('says why other stewards could not be followed', async () => {
  Object.assign(device, { charter: offered, refuses: 'needs-link' });
  const charter = await open();
  await charter.followOffered();
  expect([charter.trouble, charter.followed]).toEqual(['needs-link', false]);
  expect(charter.view?.offersAnother).toBe(true);
});
