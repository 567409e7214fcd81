import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { startBadLink, type BadLink } from './bad-link.ts';
import { chromiumOptions } from './chromium-args.ts';

export interface PhoneOptions {
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
  /** The phone's own clock is wrong by so much, in milliseconds; screens only. */
  readonly clockOffMs?: number;
  /** Where its storage lies; a disk like any other unless given. */
  readonly folder?: string;
  /** More flags of Chromium. */
  readonly flags?: readonly string[];
}

/**
 * A phone of a person: a browser of its own, whose storage outlives its being killed, and a link of
 * its own to the relay, which can be bad. The browser knows the relay by the relay's real address.
 */
export class Phone {
  readonly link: BadLink;
  readonly #origin: string;
  readonly #profile: string;
  readonly #options: PhoneOptions;
  #context: BrowserContext | undefined;
  #page: Page | undefined;

  constructor(origin: string, profile: string, link: BadLink, options: PhoneOptions) {
    this.#origin = origin;
    this.#profile = profile;
    this.link = link;
    this.#options = options;
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error('The phone is switched off.');
    return this.#page;
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  get profile(): string {
    return this.#profile;
  }

  get origin(): string {
    return this.#origin;
  }

  async switchOn(): Promise<void> {
    const { host } = new URL(this.#origin);
    this.#context = await chromium.launchPersistentContext(this.#profile, {
      ...chromiumOptions([
        `--host-resolver-rules=MAP ${host} 127.0.0.1:${this.link.port}`,
        ...(this.#options.flags ?? []),
      ]),
      locale: this.#options.locale ?? 'en-GB',
      colorScheme: this.#options.colorScheme ?? 'light',
      viewport: this.#options.viewport ?? { width: 360, height: 640 },
    });
    const { clockOffMs } = this.#options;
    if (clockOffMs !== undefined) {
      await this.#context.clock.install({ time: Date.now() + clockOffMs });
    }
    this.#page = this.#context.pages()[0] ?? (await this.#context.newPage());
  }

  async switchOff(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
    this.#page = undefined;
  }

  /** Ends the browser as a flat battery does: at once, with no last word to any page. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.#context?.once('close', resolve));
    process.kill(await this.#browserPid(), 'SIGKILL');
    await closed;
    this.#context = undefined;
    this.#page = undefined;
  }

  /** Closes the tab and opens another. */
  async replaceTab(): Promise<void> {
    const before = this.page;
    this.#page = await this.context.newPage();
    await before.close();
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.#origin + path);
  }

  /** Resolves once everything that the app needs without a link is on the phone. */
  async waitForShell(): Promise<void> {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      // On a thin link it runs before all is here.
      while (await caches.has('wallflower-thin')) {
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    });
  }

  async throwAway(): Promise<void> {
    await this.switchOff();
    await this.link.close();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #browserPid(): Promise<number> {
    const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,args='], {
      maxBuffer: 16_777_216,
    });
    const isOurs = (line: string) =>
      line.includes(`--user-data-dir=${this.#profile}`) && !line.includes('--type=');
    const lines = stdout.split('\n').filter(isOurs);
    const pids = lines.map((line) => Number.parseInt(line, 10)).filter((pid) => pid > 1);
    const [pid] = pids;
    if (pid === undefined) throw new Error('The browser’s process was not found.');
    return pid;
  }
}

/** A new phone with nothing on it, switched on. */
export async function openPhone(origin: string, options: PhoneOptions = {}): Promise<Phone> {
  const profile = await mkdtemp(join(options.folder ?? tmpdir(), 'wallflower-phone-'));
  const link = await startBadLink(Number(new URL(origin).port));
  const phone = new Phone(origin, profile, link, options);
  await phone.switchOn();
  return phone;
}
