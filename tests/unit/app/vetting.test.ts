import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Day } from '#core/types/day.ts';
import type { PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { AuthorTrust, Vetting } from '#engine/api/trust-calls.ts';

const device = {
  given: [] as { about: string; vetting: Vetting }[],
  takenBack: [] as string[],
  refuses: null as string | null,
};

const outcome = () =>
  device.refuses === null
    ? { ok: true as const, value: undefined }
    : { ok: false as const, error: { code: device.refuses } };

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    giveStars: async (about: string, vetting: Vetting) => {
      device.given.push({ about, vetting });
      await new Promise<void>((resolve) => {
        setTimeout(resolve);
      });
      return outcome();
    },
    takeStarsBack: (about: string) => {
      device.takenBack.push(about);
      return Promise.resolve(outcome());
    },
    listPersonas: () =>
      Promise.resolve({
        ok: true,
        value: [
          { key: 'other', profileName: 'Heron' },
          { key: 'steward', profileName: 'Rook' },
        ],
      }),
  },
  onEngineEvent: () => () => undefined,
}));

const { VettingState } = await import('#app/vetting.svelte.ts');

const about = 'entry' as RecordAddressText;
const steward = 'steward' as PersonaKeyText;
const standing: AuthorTrust = {
  stars: 2,
  method: 'papers',
  day: 20_000 as Day,
  until: 20_090 as Day,
  steward,
  stewardName: 'Rook',
};

beforeEach(() => {
  Object.assign(device, { given: [], takenBack: [], refuses: null });
});

describe('The stars a steward gives', () => {
  it('go out as they were chosen, and are said to have been given', async () => {
    const vetting = new VettingState(about);
    await vetting.open(steward, null);
    expect(vetting.stewardName).toBe('Rook');
    vetting.stars = 0;
    vetting.method = 'met';
    vetting.lifetimeDays = 30;
    expect(await vetting.give()).toBe(true);
    expect(device.given).toEqual([
      { about, vetting: { stars: 0, method: 'met', lifetimeDays: 30 } },
    ]);
    expect([vetting.step, vetting.done]).toEqual(['closed', 'given']);
  });

  it('do not go out before stars and method are chosen', async () => {
    const vetting = new VettingState(about);
    await vetting.open(steward, null);
    expect(await vetting.give()).toBe(false);
    vetting.stars = 3;
    expect(vetting.vetting).toBeNull();
    expect(await vetting.give()).toBe(false);
    expect(device.given).toEqual([]);
  });

  it('begin with what the steward says already', async () => {
    const vetting = new VettingState(about);
    await vetting.open(steward, standing);
    expect(vetting.vetting).toEqual({ stars: 2, method: 'papers', lifetimeDays: 90 });
    await vetting.open(steward, { ...standing, method: null });
    expect(vetting.vetting).toBeNull();
  });

  it('go out once, however often the button is pressed', async () => {
    const vetting = new VettingState(about);
    await vetting.open(steward, standing);
    const [first, second] = [vetting.give(), vetting.give()];
    expect(await second).toBe(false);
    expect(await first).toBe(true);
    expect(device.given).toHaveLength(1);
  });

  it('stay in the form when they are refused, with the reason', async () => {
    const vetting = new VettingState(about);
    await vetting.open(steward, standing);
    device.refuses = 'not-a-steward';
    expect(await vetting.give()).toBe(false);
    expect([vetting.step, vetting.trouble, vetting.done]).toEqual([
      'choosing',
      'not-a-steward',
      null,
    ]);
    vetting.close();
    expect(vetting.trouble).toBeNull();
  });

  it('can be taken back, or the reason why not is said', async () => {
    const vetting = new VettingState(about);
    expect(await vetting.takeBack()).toBe(true);
    expect(device.takenBack).toEqual([about]);
    expect(vetting.done).toBe('takenBack');
    device.refuses = 'vault-locked';
    expect(await vetting.takeBack()).toBe(false);
    expect([vetting.trouble, vetting.done]).toEqual(['vault-locked', null]);
  });
});
