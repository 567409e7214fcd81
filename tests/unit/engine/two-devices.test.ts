import { afterEach, expect, test } from 'vitest';
import { Device, eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { meet, textsOf } from '#tests/support/meeting.ts';
import { TestClock } from '#tests/support/test-clock.ts';
import { startTestRelay, type TestRelay } from '#tests/relay/running-relay.ts';

let relay: TestRelay | undefined;
const devices: Device[] = [];

afterEach(async () => {
  for (const device of devices.splice(0)) device.kill();
  await relay?.stop();
});

test('two engines write to each other over a real relay', async () => {
  const clock = new TestClock();
  relay = await startTestRelay([], clock);
  const surroundings = { origin: relay.origin, clock };
  const [asking, helping] = [new Device(surroundings), new Device(surroundings)];
  devices.push(asking, helping);
  await asking.startWithVault();
  await helping.startWithVault();
  const ids = await meet(asking, helping);
  unwrap(await asking.api.sendMessage(ids.asking, 'Thank you.'));
  const texts = await eventually(
    () => textsOf(helping, ids.helping),
    ({ length }) => length === 2,
  );
  expect(texts).toEqual(['I can help.', 'Thank you.']);
});
