import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RelayOrigin } from '#core/types/ids.ts';

/** A real relay in a process of its own, with a data folder of its own. */
export interface RelayProcess {
  readonly origin: RelayOrigin;
  readonly dataFolder: string;
  /** The process as the system knows it. */
  pid(): number;
  /** What it has written so far, stdout and stderr together. */
  output(): string;
  /** Stops it as an operator would, and deletes its data; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** kill -9; the data stays for restart(). */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, whether it runs or not. */
  restart(): Promise<void>;
}

const mainPath = fileURLToPath(new URL('../../src/relay/main.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const startTimeoutMs = 60_000;

/** Relays that run: a test that fails midway must leave none behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a relay on a free port of 127.0.0.1; `flags` come after the defaults and so overrule them. */
export async function startRelayProcess(flags: readonly string[] = []): Promise<RelayProcess> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'wallflower-relay-'));
  let output = '';
  let child: ChildProcess;
  let origin: RelayOrigin;

  async function start(port: string): Promise<RelayOrigin> {
    const defaults = ['--port', port, '--data', dataFolder, '--calls-per-minute', '0'];
    const unlimited = ['--records-per-minute', '0'];
    child = spawn(process.execPath, [mainPath, ...defaults, ...unlimited, ...flags], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = child;
    running.add(started);
    started.once('exit', () => running.delete(started));
    return new Promise((resolve, reject) => {
      let startText = '';
      const timer = setTimeout(() => {
        reject(new Error(`the relay did not start: ${startText}`));
      }, startTimeoutMs);
      const read = (part: Buffer) => {
        output += part.toString();
        startText += part.toString();
        const match = /is at (http:\/\/[^\s]+)\n/.exec(startText);
        if (match?.[1] === undefined) return;
        clearTimeout(timer);
        resolve(match[1].replace('//localhost:', '//127.0.0.1:') as RelayOrigin);
      };
      started.stdout?.on('data', read);
      started.stderr?.on('data', read);
      started.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`the relay ended with ${String(code)}: ${startText}`));
      });
    });
  }

  function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = child;
    if (ending.exitCode !== null || ending.signalCode !== null) {
      return Promise.resolve(ending.exitCode);
    }
    return new Promise((resolve) => {
      ending.once('exit', resolve);
      ending.kill(signal);
    });
  }

  origin = await start('0');
  return {
    origin,
    dataFolder,
    pid: () => child.pid ?? 0,
    output: () => output,
    async stop() {
      const code = await end('SIGTERM');
      await rm(dataFolder, { recursive: true, force: true });
      return code;
    },
    async kill() {
      await end('SIGKILL');
    },
    async restart() {
      await end('SIGTERM');
      origin = await start(new URL(origin).port);
    },
  };
}
