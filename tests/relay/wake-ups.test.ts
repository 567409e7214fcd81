import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { QueueId } from '#core/types/ids.ts';
import { WakeUps, type WakeUp } from '#relay/live/wake-ups.ts';
import type { LogMove, RelayLog } from '#relay/log-port.ts';

/** More than are told in one turn. */
const crowd = 20_000;
const queue = new Uint8Array(32).fill(7) as QueueId;

let move: (move: LogMove) => void;
let wakeUps: WakeUps;

beforeEach(() => {
  const log = {
    watch: (listener: typeof move) => {
      move = listener;
      return () => undefined;
    },
  };
  wakeUps = new WakeUps(log as unknown as RelayLog, crowd + 1);
});

function watch(wake: (wakeUp: WakeUp) => void, queues: readonly QueueId[] = []) {
  const watcher = { board: true, queues, wake, end: () => undefined };
  wakeUps.add(watcher);
  return () => wakeUps.remove(watcher);
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await nextTurn();
}

test('whoever moves something goes on before anybody is told', async () => {
  let woken = 0;
  watch(() => woken++);
  move({ what: 'board' });
  expect(woken).toBe(0);
  await until(() => woken === 1);
});

test('a board that wakes a crowd leaves turns to others in between, and wakes each once', async () => {
  const woken = new Map<number, number>();
  let wokenAtNextTurn = 0;
  for (let number = 0; number < crowd; number++) {
    watch(() => {
      if (woken.size === 0) setImmediate(() => (wokenAtNextTurn = woken.size));
      woken.set(number, (woken.get(number) ?? 0) + 1);
    });
  }
  move({ what: 'board' });
  await until(() => woken.size === crowd);
  await nextTurn();
  expect(wokenAtNextTurn).toBeGreaterThan(0);
  expect(wokenAtNextTurn).toBeLessThan(crowd);
  expect(new Set(woken.values())).toEqual(new Set([1]));
});

test('one who leaves while a crowd is woken is not woken', async () => {
  let woken = 0;
  let leaverWoken = 0;
  let leave: () => unknown = () => undefined;
  for (let number = 0; number < crowd; number++) {
    watch(() => {
      woken++;
      leave();
    });
  }
  leave = watch(() => leaverWoken++);
  move({ what: 'board' });
  await until(() => woken === crowd);
  for (let turn = 0; turn < 3; turn++) await nextTurn();
  expect(leaverWoken).toBe(0);
});

test('one whose queue moved is told before a crowd that only watches the board', async () => {
  const told: WakeUp[] = [];
  for (let number = 0; number < crowd; number++) watch((wakeUp) => told.push(wakeUp));
  watch((wakeUp) => told.push(wakeUp), [queue]);
  move({ what: 'board' });
  move({ what: 'queue', queue, position: 1 });
  await until(() => told.length === crowd + 1);
  expect(told[0]).toEqual({ board: true, queues: [queue] });
  expect(told.slice(1).every(({ queues }) => queues.length === 0)).toBe(true);
});
