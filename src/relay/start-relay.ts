import type { AddressInfo } from 'node:net';
import type { RelayOrigin } from '#core/types/ids.ts';
import type { Clock } from '#core/types/ports.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { readAppFiles, type AppFiles } from './app/app-files.ts';
import { serveApp } from './app/serve-app.ts';
import { Charter } from './charter/charter.ts';
import { openCharter } from './charter/open-charter.ts';
import type { RelayConfig } from './config.ts';
import { demoCharterAuthor, seedDemoBoard } from './demo/seed-demo.ts';
import { createLogLine } from './http/access-log.ts';
import { createAddressKeys } from './http/address-keys.ts';
import { createMetrics } from './http/metrics.ts';
import { registerCalls } from './http/register-calls.ts';
import { registerOperatorCalls } from './calls/operator-calls.ts';
import { setCommonHeaders, trimDataHeaders } from './http/security-headers.ts';
import { createServer } from './http/server.ts';
import { WakeUps } from './live/wake-ups.ts';
import type { RelayLog } from './log-port.ts';
import { startMaintenance } from './maintenance.ts';
import type { RelayContext } from './relay-context.ts';
import { openSqliteLog } from './sqlite/sqlite-log.ts';
import { WorkerPool } from './workers/worker-pool.ts';

/** How long a stop waits for calls under way before it cuts them off. */
const stopGraceMs = 3_000;

/** A relay that listens. */
export interface RunningRelay {
  readonly context: RelayContext;
  /** Where it listens, as an address for this machine. */
  readonly address: string;
  /** Expires, seals and reclaims now. */
  maintain(): Promise<void>;
  /** Ends live connections, makes durable what was accepted, closes everything. */
  stop(): Promise<void>;
}

/** Why a relay did not start. */
export interface StartFault {
  readonly code: 'data' | 'app' | 'charter' | 'port';
  readonly message: string;
}

/** What a relay takes from its surroundings. */
export interface RelaySurroundings {
  readonly clock: Clock;
  readonly writeLog: (text: string) => void;
}

/** Opens the data folder, starts the workers and listens. */
export async function startRelay(
  config: RelayConfig,
  { clock, writeLog }: RelaySurroundings,
): Promise<Result<RunningRelay, StartFault>> {
  const files = await readApp(config.appFolder);
  if (!files.ok) return files;
  const opened = openSqliteLog(config.dataFolder, clock);
  if (!opened.ok) {
    const message = `The data folder ${config.dataFolder} cannot be used: ${opened.error.message}.`;
    return fail({ code: 'data', message });
  }
  const log = opened.value;
  if (config.demo) await seedDemoBoard(log, clock);
  const charter = await readCharter(config, log, clock);
  if (!charter.ok) {
    await log.close();
    return charter;
  }
  const logLine = createLogLine(writeLog);
  const workers = new WorkerPool(config.workers);
  const maintenance = startMaintenance({ log, workers, clock, config }, logLine);
  let origins = config.origins;
  const context: RelayContext = {
    config,
    log,
    workers,
    wakeUps: new WakeUps(log, config.liveConnections),
    clock,
    metrics: createMetrics(),
    addressKeys: createAddressKeys(),
    charter: charter.value,
    origins: () => origins,
    isFull: maintenance.isFull,
  };
  const app = createServer({ ...config, logLine });
  const stop = async () => {
    context.wakeUps.close();
    const cut = setTimeout(() => {
      app.server.closeAllConnections();
    }, stopGraceMs);
    await app.close();
    clearTimeout(cut);
    await maintenance.stop();
    await workers.close();
    await log.close();
    logLine.flush();
  };
  app.addHook('onRequest', async (_request, reply) => {
    setCommonHeaders(reply, origins);
  });
  app.addHook('onSend', async (_request, reply) => {
    trimDataHeaders(reply);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    context.metrics.countAnswer(route, status, reply.elapsedTime);
    if (config.log === 'requests') logLine({ route, status, ms: Math.round(reply.elapsedTime) });
  });
  registerOperatorCalls(app, context);
  await registerCalls(app, context);
  if (files.value !== undefined) serveApp(app, files.value, config.origins);
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await stop();
    return fail({ code: 'port', message: describeListenFault(config, error) });
  }
  const { port } = app.server.address() as AddressInfo;
  if (origins.length === 0) {
    origins = ['localhost', '127.0.0.1'].map((host) => `http://${host}:${port}` as RelayOrigin);
  }
  void maintenance.run();
  return ok({
    context,
    address: describeAddress(config.host, port),
    maintain: maintenance.run,
    stop,
  });
}

async function readCharter(
  { charterFile, demo }: RelayConfig,
  log: RelayLog,
  clock: Clock,
): Promise<Result<Charter | null, StartFault>> {
  if (charterFile !== undefined) return openCharter(charterFile, log, clock);
  return ok(demo ? await Charter.open(await demoCharterAuthor(), log, clock) : null);
}

async function readApp(
  folder: string | undefined,
): Promise<Result<AppFiles | undefined, StartFault>> {
  if (folder === undefined) return ok(undefined);
  const message = `There is no built app in ${folder}. Build it first (npm start does), or leave --app out.`;
  try {
    const files = await readAppFiles(folder);
    return files.has('/index.html') ? ok(files) : fail({ code: 'app', message });
  } catch {
    return fail({ code: 'app', message });
  }
}

function describeAddress(host: string, port: number): string {
  const shown = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}

function describeListenFault({ host, port }: RelayConfig, error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken. Choose another with --port, or --port 0 for any that is free.`;
    case 'EACCES':
      return `Port ${port} needs rights that this user does not have. Choose one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Try --host 127.0.0.1.`;
    default:
      return `Listening on ${host}, port ${port}, failed (${String(code ?? 'unknown reason')}).`;
  }
}
