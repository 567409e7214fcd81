import { expect, test } from 'vitest';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { changeVault, openedVault } from '#tests/support/opened-vault.ts';
import { openDevice, twoWhoTalk } from '#tests/support/two-people.ts';

test('a foreign revision of an own record raises an alarm for that persona alone', async () => {
  const two = await twoWhoTalk();
  const { asking, relay } = two;
  const flags = async () =>
    unwrap(await asking.api.listPersonas()).map(({ foreignRevision }) => foreignRevision);
  await asking.api.syncNow();
  await asking.api.createPersona('Another');
  expect(await flags()).toEqual([false, false]);
  const thief = await openDevice(relay.origin, two.clock);
  const address = unwrap(await two.helping.api.readConversation(two.helped)).about?.address;
  if (address === undefined) throw new Error('no entry');
  await eventually(
    () => thief.api.readEntry(address),
    (entry) => entry.ok,
  );
  thief.kill();
  const { peer } = await two.helping.read(two.helped);
  const personas = (await openedVault(asking)).all('persona');
  const stolen = personas.find(({ key }) => bytesToBase64Url(key) === peer);
  if (stolen === undefined) throw new Error('no persona');
  await changeVault(thief, () => ({ put: [stolen] }));
  await thief.start();
  await thief.unlock();
  await eventually(
    () => thief.api.withdrawEntry(address),
    (withdrawn) => withdrawn.ok,
  );
  await thief.api.syncNow();
  await eventually(
    async () => {
      await asking.api.syncNow();
      return flags();
    },
    (seen) => seen.includes(true),
  );
  expect(await flags()).toEqual([true, false]);
  expect(asking.events).toContain('personas');
});

test('an own change raises no alarm', async () => {
  const two = await twoWhoTalk();
  const { asking } = two;
  const { about } = await two.helping.read(two.helped);
  if (about === null) throw new Error('no entry');
  unwrap(await asking.api.setStatus(about.address, 'talking'));
  two.clock.passDays(8);
  for (let turn = 0; turn < 3; turn++) await asking.api.syncNow();
  const [persona] = unwrap(await asking.api.listPersonas());
  expect(persona?.foreignRevision).toBe(false);
});
