import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCbor, encodeCbor, type CborValue, type Shape } from '#core/codec/cbor.ts';
import type { CborBounds } from '#core/codec/bounds.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { readConfig } from '#relay/config.ts';
import { startRelay, type RunningRelay } from '#relay/start-relay.ts';
import { errorBodySchema, infoSchema, type RelayInfo } from '#sync/wire/info.ts';
import { cborType } from '#sync/wire/media-type.ts';

/** A relay inside the test's own process, with a clock that the test turns. */
export interface TestRelay extends RunningRelay {
  readonly origin: RelayOrigin;
  readonly folder: string;
  readonly clock: { nowMs: number };
  /** Lines that it logged. */
  logged(): string;
  info(): Promise<RelayInfo>;
  call(method: string, path: string, body?: CborValue, type?: string): Promise<Response>;
  raw(method: string, path: string, body?: Bytes, type?: string): Promise<Response>;
}

/** Noon of 2026-11-21. */
export const noonMs = Date.UTC(2026, 10, 21, 12);
export const testStampPrice = 6;

/** Starts a relay on a free port; stop() deletes its data. */
export async function startTestRelay(
  flags: readonly string[] = [],
  clock: { nowMs: number } = { nowMs: noonMs },
): Promise<TestRelay> {
  const folder = await mkdtemp(join(tmpdir(), 'wallflower-test-'));
  const defaults = ['--port', '0', '--data', folder, '--workers', '1', '--log', 'requests'];
  const limits = ['--calls-per-minute', '0', '--stamp-price', String(testStampPrice)];
  const config = readConfig([...defaults, ...limits, ...flags], {});
  if (!config.ok) throw new Error(config.error.message);
  let log = '';
  const started = await startRelay(config.value, {
    clock: () => clock.nowMs,
    writeLog: (text) => {
      log += text;
    },
  });
  if (!started.ok) throw new Error(started.error.message);
  const relay = started.value;
  const origin = relay.address as RelayOrigin;
  const raw = (method: string, path: string, body?: Bytes, type: string = cborType) =>
    fetch(origin + path, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
    });
  return {
    ...relay,
    origin,
    folder,
    clock,
    logged: () => log,
    raw,
    call: (method, path, body, type) =>
      raw(method, path, body === undefined ? undefined : encodeCbor(body), type),
    info: async () => readAnswer(await raw('GET', '/v1/info'), infoSchema),
    stop: async () => {
      await relay.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A 200's body by its schema; throws for anything else. */
export async function readAnswer<T>(
  response: Response,
  shape: Shape<T>,
  bounds?: CborBounds,
): Promise<T> {
  const bytes = await bodyOf(response);
  if (response.status !== 200) throw new Error(`${response.status}: ${describe(bytes)}`);
  const decoded = decodeCbor(bytes, shape, bounds);
  if (!decoded.ok) throw new Error(`not the answer: ${decoded.error.reason}`);
  return decoded.value;
}

/** Status and code of a refusal. */
export async function readRefusal(response: Response): Promise<readonly [number, string]> {
  return [response.status, describe(await bodyOf(response))];
}

export async function bodyOf(response: Response): Promise<Bytes> {
  return new Uint8Array(await response.arrayBuffer());
}

function describe(bytes: Bytes): string {
  const decoded = decodeCbor(bytes, errorBodySchema);
  return decoded.ok ? decoded.value.code : 'no error body';
}
