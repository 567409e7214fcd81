import { startTestRelay } from '../relay/running-relay.ts';
import { Device } from './engine-in-node.ts';
import { TestClock } from './test-clock.ts';

/** Two devices with open vaults at one relay, for as long as a file of tests wants them. */
export interface DevicePair {
  readonly asking: Device;
  readonly helping: Device;
  end(): Promise<void>;
}

export async function startDevicePair(): Promise<DevicePair> {
  const clock = new TestClock();
  const relay = await startTestRelay([], clock);
  const asking = new Device({ origin: relay.origin, clock });
  const helping = new Device({ origin: relay.origin, clock });
  await asking.startWithVault();
  await helping.startWithVault();
  return {
    asking,
    helping,
    async end() {
      asking.kill();
      helping.kill();
      await relay.stop();
    },
  };
}
