import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFolder } from './folders.ts';
import { startRelayProcess, type RelayProcess } from './relay-process.ts';

/** A real relay that serves the built app. */
export class ServedApp {
  readonly #relay: RelayProcess;
  readonly #folder: string;
  #isRunning = true;

  constructor(relay: RelayProcess, folder: string) {
    this.#relay = relay;
    this.#folder = folder;
  }

  get origin(): string {
    return this.#relay.origin;
  }

  get dataFolder(): string {
    return this.#relay.dataFolder;
  }

  output(): string {
    return this.#relay.output();
  }

  /** Ends it with SIGKILL; its data stays. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#relay.kill();
  }

  /** Starts it again at the same address; does nothing to one that runs. */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    await this.#relay.restart();
    this.#isRunning = true;
  }

  /** Serves another build of the app from the next start on. */
  async useApp(appFolder: string): Promise<void> {
    await rm(join(this.#folder, 'app'), { force: true });
    await symlink(appFolder, join(this.#folder, 'app'));
  }

  async throwAway(): Promise<void> {
    await this.#relay.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Starts a relay with the app as it is built, and with the demonstration board if asked. */
export async function serveApp({
  demo = false,
  flags = [],
}: { readonly demo?: boolean; readonly flags?: readonly string[] } = {}): Promise<ServedApp> {
  const folder = await mkdtemp(join(tmpdir(), 'wallflower-app-'));
  const app = join(folder, 'app');
  await symlink(buildFolder, app);
  const relay = await startRelayProcess(['--app', app, ...(demo ? ['--demo'] : []), ...flags]);
  return new ServedApp(relay, folder);
}
