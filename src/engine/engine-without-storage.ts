import { storageFaultOf } from '#storage/storage-fault.ts';
import type { EngineApi } from './api/engine-api.ts';
import { engineError } from './engine-context.ts';

/** Reads whose answer has no form for a fault: who asks waits for an engine that can tell. */
const waiting: readonly string[] = [
  'queryBoard',
  'prepareSearch',
  'readNetwork',
  'syncNow',
  'measurePassphrase',
  'readCharter',
];
/** What is so already while nothing can be read. */
const asAsked: readonly string[] = ['lockVault', 'confirmClock', 'pauseBoard'];

/**
 * Answers for an engine that could not start, or has not yet, and tries no repair: says why, lets
 * reads wait, and erases the device, because somebody may need that most when nothing else works.
 */
export function createEngineWithoutStorage(
  cause: unknown,
  eraseDevice: () => Promise<void>,
): EngineApi {
  const fault = storageFaultOf(cause);
  const isNamed = fault === 'storage-full' || fault === 'storage-silent';
  const code = isNamed ? fault : 'storage-unavailable';
  const answer = (name: string) => (): Promise<unknown> => {
    if (waiting.includes(name)) return new Promise<never>(() => undefined);
    if (asAsked.includes(name)) return Promise.resolve();
    return name === 'eraseDevice' ? eraseDevice() : Promise.resolve(engineError(code));
  };
  return new Proxy<EngineApi>(Object.create(null) as EngineApi, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then' ? answer(name) : undefined,
  });
}
