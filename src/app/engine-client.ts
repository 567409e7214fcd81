import { wrap } from 'comlink';
import type { BoardPage } from '#engine/api/board-calls.ts';
import type { EngineApi, EngineEvent } from '#engine/api/engine-api.ts';
import { earlyTurn, takeEarlyAnswer } from '#engine/early-answer.ts';
import { engineEventsChannel } from '#engine/events-channel.ts';
import engineWorkerUrl from '#engine/worker.ts?worker&url';
import { trustedScriptUrl } from './script-url.ts';

const worker = new Worker(trustedScriptUrl(engineWorkerUrl), {
  type: 'module',
  name: 'wallflower-engine',
});

worker.addEventListener('error', (event) => {
  // A fault within it would be an ErrorEvent: this one never arrived.
  if (!(event instanceof ErrorEvent)) dispatchEvent(new Event('wallflower-go-on'));
});

// Safari keeps a page that was left asleep for Back, and its engine with the lead and an open vault.
window.addEventListener('pagehide', ({ persisted }) => {
  if (persisted) worker.terminate();
});

/** The engine: calls it in its worker, whichever tab's worker leads. */
export const engine = wrap<EngineApi>(worker) as unknown as EngineApi;

let early: SharedArrayBuffer | undefined;
worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if ('SharedArrayBuffer' in window && data instanceof SharedArrayBuffer) early = data;
});

/** A look at what the engine answers from now on to a query of the board, as JSON, before its message comes. */
export function lookEarly(): (query: string) => BoardPage | undefined {
  const memory = early;
  if (memory === undefined) return () => undefined;
  const since = earlyTurn(memory);
  return (query) => takeEarlyAnswer(memory, query, since) as BoardPage | undefined;
}

const events = new BroadcastChannel(engineEventsChannel);

/** Calls back whenever the engine says that something moved; returns how to stop. */
export function onEngineEvent(listener: (event: EngineEvent) => void): () => void {
  const hear = ({ data }: MessageEvent<EngineEvent>) => {
    listener(data);
  };
  events.addEventListener('message', hear);
  return () => {
    events.removeEventListener('message', hear);
  };
}
