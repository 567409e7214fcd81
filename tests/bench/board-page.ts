import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type BrowserContext, type CDPSession, type Page } from '@playwright/test';
import { chromiumOptions } from '../support/chromium-args.ts';
import { readTongues } from './corpus-words.ts';
import { createDice } from '../support/dice.ts';
import { type BoardTongue } from './board-corpus.ts';
import type { BoardPacks } from './board-packs.ts';
import { buildBenchWorker } from './worker-build.ts';

const peersFolder = fileURLToPath(new URL('peers-board', import.meta.url));
const rareWords = 12_000;
/** Amharic has signs of its own between words and sentences. */
const ethiopicSpaces = /[\u1361-\u1368]/u;

async function ensurePeers(): Promise<void> {
  if (existsSync(`${peersFolder}/node_modules/.package-lock.json`)) return;
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
  });
}

/** The bench's worker as one script, made of the app's own rooms. */
export async function buildBoardWorker(): Promise<string> {
  await ensurePeers();
  return buildBenchWorker('board-worker.ts');
}

/** The corpus' languages, with rare words made of halves of frequent ones. */
export async function boardTongues(): Promise<readonly BoardTongue[]> {
  const dice = createDice(5);
  return (await readTongues()).map(({ tag, share, gap, words: found }) => {
    const words = found.flatMap((word) => word.split(ethiopicSpaces)).filter(Boolean);
    const letters = words.map((word) => word.replace(/[^\p{L}\p{M}]/gu, '')).filter(Boolean);
    const half = (from: number, to: number) => {
      const word = Array.from(letters[Math.floor(dice() * letters.length)] ?? '');
      return word.slice(Math.floor(word.length * from), Math.ceil(word.length * to)).join('');
    };
    const rare = Array.from({ length: rareWords }, () => half(0, 0.5) + half(0.5, 1));
    return { tag, share, gap, running: words, rare };
  });
}

/** An event of Chromium's trace, its duration in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly args: { readonly name?: string };
}

/** A Chromium page of its own with the bench's worker in it. */
export class BoardPage {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #close: () => Promise<void>;
  readonly #session: CDPSession;
  #workerTarget: string | undefined;

  constructor(
    context: BrowserContext,
    page: Page,
    session: CDPSession,
    close: () => Promise<void>,
  ) {
    this.#context = context;
    this.page = page;
    this.#session = session;
    this.#close = close;
  }

  async startWorker(): Promise<void> {
    const attached = new Promise<void>((resolve) => {
      this.#session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
        if (targetInfo.type !== 'worker') return;
        this.#workerTarget = sessionId;
        resolve();
      });
    });
    await this.#session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    await this.page.evaluate(() => {
      const worker = new Worker('/worker.js', { type: 'module' });
      const waiting = new Map<number, (answer: { value?: unknown; error?: string }) => void>();
      worker.onmessage = ({ data }) => waiting.get(data.id)?.(data);
      let next = 0;
      const call = (name: string, args: unknown[]) =>
        new Promise((resolve, reject) => {
          const id = next++;
          waiting.set(id, ({ value, error }) =>
            error === undefined ? resolve(value) : reject(new Error(error)),
          );
          worker.postMessage({ id, name, args });
        });
      Object.assign(globalThis, { call });
    });
    await attached;
  }

  async call<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    return (await this.page.evaluate(
      ([asked, given]) =>
        (globalThis as unknown as { call: (name: string, args: unknown) => Promise<unknown> }).call(
          asked,
          given,
        ),
      [name, args] as const,
    )) as T;
  }

  /** What came of some work, and the longest of the worker's tasks meanwhile, by the browser's own trace. */
  async traceTasks<T>(work: () => Promise<T>): Promise<{ value: T; longestTaskMs: number }> {
    const events: TraceEvent[] = [];
    const collect = ({ value }: { value: object[] }) => events.push(...(value as TraceEvent[]));
    this.#session.on('Tracing.dataCollected', collect);
    await this.#session.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories: ['toplevel'] },
    });
    const value = await work();
    const complete = new Promise((resolve) =>
      this.#session.once('Tracing.tracingComplete', resolve),
    );
    await this.#session.send('Tracing.end');
    await complete;
    this.#session.off('Tracing.dataCollected', collect);
    const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
    const workers = new Set(
      events
        .filter(
          ({ name, args }) => name === 'thread_name' && args.name === 'DedicatedWorker thread',
        )
        .map(threadOf),
    );
    const tasks = events.filter(
      (event) => event.name === 'ThreadControllerImpl::RunTask' && workers.has(threadOf(event)),
    );
    if (tasks.length === 0) throw new Error('The trace shows no task of the worker.');
    return { value, longestTaskMs: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1_000 };
  }

  /** Megabytes that the worker's heap and buffers hold, after garbage is collected if asked for. */
  async heapMegabytes(collect: boolean): Promise<number> {
    if (collect) {
      await this.#askWorker('HeapProfiler.enable');
      await this.#askWorker('HeapProfiler.collectGarbage');
    }
    const usage = await this.#askWorker('Runtime.getHeapUsage');
    const { usedSize = 0, backingStorageSize = 0 } = usage as {
      usedSize?: number;
      backingStorageSize?: number;
    };
    return (usedSize + backingStorageSize) / 1_000_000;
  }

  /** CPU seconds that the page's process, its worker included, has used. */
  async cpuSeconds(): Promise<number> {
    await this.#session.send('Performance.enable');
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ProcessTime')?.value ?? Number.NaN;
  }

  /** Megabytes that the origin takes on the disk. */
  async storedMegabytes(): Promise<number> {
    const { usageBreakdown } = await this.#session.send('Storage.getUsageAndQuota', {
      origin: new URL(this.page.url()).origin,
    });
    const stored = usageBreakdown.find(({ storageType }) => storageType === 'indexeddb');
    return (stored?.usage ?? 0) / 1_000_000;
  }

  async throwAway(): Promise<void> {
    await this.#context.close();
    await this.#close();
  }

  async #askWorker(method: string): Promise<unknown> {
    const sessionId = this.#workerTarget;
    if (sessionId === undefined) throw new Error('The worker has not been seen.');
    const id = Math.floor(Math.random() * 1e9);
    return new Promise((resolve, reject) => {
      const hear = (event: { sessionId: string; message: string }) => {
        const answer = JSON.parse(event.message) as {
          id?: number;
          result?: unknown;
          error?: { message: string };
        };
        if (event.sessionId !== sessionId || answer.id !== id) return;
        this.#session.off('Target.receivedMessageFromTarget', hear);
        if (answer.error === undefined) resolve(answer.result);
        else reject(new Error(answer.error.message));
      };
      this.#session.on('Target.receivedMessageFromTarget', hear);
      void this.#session.send('Target.sendMessageToTarget', {
        sessionId,
        message: JSON.stringify({ id, method }),
      });
    });
  }
}

/** Opens a browser with a profile of its own on a page that serves only the bench's worker and packs. */
export async function openBoardPage(workerScript: string, packs: BoardPacks): Promise<BoardPage> {
  const server = createServer(({ url = '/' }, response) => {
    const isScript = url === '/worker.js';
    const pack = packs.bytesOf(url.replace(/^\/packs\//, ''));
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(pack ?? (isScript ? workerScript : '<!doctype html><title>bench</title>'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const profile = await mkdtemp(join(tmpdir(), 'wallflower-board-'));
  const context = await chromium.launchPersistentContext(profile, chromiumOptions());
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(`http://127.0.0.1:${address.port}/`);
  const session = await context.newCDPSession(page);
  return new BoardPage(context, page, session, async () => {
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });
}
