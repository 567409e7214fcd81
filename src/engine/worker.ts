/// <reference lib="webworker" />
import { expose } from 'comlink';
import { systemRandom } from '#crypto/system-random.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import type { BoardCalls } from './api/board-calls.ts';
import type { EngineApi, EngineEvent } from './api/engine-api.ts';
import { createEarlyMemory, putEarlyAnswer } from './early-answer.ts';
import { engineEventsChannel } from './events-channel.ts';
import { startEngine } from './engine.ts';
import { createEngineWithoutStorage } from './engine-without-storage.ts';
import { LeadingEngine } from './leading-engine.ts';

const events = new BroadcastChannel(engineEventsChannel);

const startOnThisDevice = (isAlone: boolean) =>
  startEngine({
    db: new WallflowerDatabase(),
    isAlone,
    clock: Date.now,
    random: systemRandom,
    fetch: (input, init) => fetch(input, init),
    homeRelay: self.location.origin as RelayOrigin,
    emit: (event: EngineEvent) => {
      events.postMessage(event);
    },
  });

/** Deletes what no engine can read. */
async function eraseUnread(): Promise<void> {
  const db = new WallflowerDatabase();
  await db.delete();
  await db.ballast.give();
}

const engine = new LeadingEngine(startOnThisDevice, (cause) =>
  createEngineWithoutStorage(cause, eraseUnread),
);

/** What begins the board's list lies ready for the page before its message is there. */
function sharingAnswers(api: EngineApi): EngineApi {
  const early = createEarlyMemory();
  self.postMessage(early);
  const queryBoard: BoardCalls['queryBoard'] = async (query) => {
    const page = await api.queryBoard(query);
    if (query.offset === 0) putEarlyAnswer(early, query, page);
    return page;
  };
  return Object.create(api, { queryBoard: { value: queryBoard } }) as EngineApi;
}

self.addEventListener('online', () => {
  engine.linkIsBack();
});

expose('SharedArrayBuffer' in self ? sharingAnswers(engine.api) : engine.api);
engine.start();

// The first use of any language's forms costs a process some 20 ms: here, before the screens need them.
Intl.ListFormat.supportedLocalesOf('en');
