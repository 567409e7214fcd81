import { expose, wrap, type Endpoint, type Remote } from 'comlink';
import { StorageSilentError } from '#storage/storage-fault.ts';
import type { EngineApi } from './api/engine-api.ts';
import type { RunningEngine } from './engine.ts';

const lockName = 'wallflower-engine';
const announcementsName = 'wallflower-engine-tabs';
/** A leader says so this often; one that is silent for longer is frozen and loses the lead. */
const heartbeatMs = 2_000;
const silenceMs = 12_000;
/** Between two attempts to start where the device's storage does not open. */
const restartMs = 3_000;
/** A storage that has not opened for so long may never do. */
const storagePatienceMs = 15_000;

/** What tabs say to one another: who leads, who wants to be served, who is. */
type Announcement =
  | { readonly kind: 'leads'; readonly leader: string }
  | { readonly kind: 'hello'; readonly follower: string }
  | { readonly kind: 'welcome'; readonly follower: string; readonly leader: string };

type AnyEngine = EngineApi | Remote<EngineApi>;

/** Calls that change nothing may be made again at the next leader; the others must be the user's choice. */
const repeatable: readonly (keyof EngineApi)[] = [
  'status',
  'queryBoard',
  'prepareSearch',
  'readEntry',
  'prepareReply',
  'previewEntry',
  'listDrafts',
  'measurePassphrase',
  'listPersonas',
  'listConversations',
  'readConversation',
  'readReceipts',
  'readVerification',
  'searchMessages',
  'readNetwork',
  'measureAttachment',
  'readAttachment',
  'syncNow',
  'listSavedSearches',
  'readMatchProfile',
  'readCharter',
];

/**
 * One engine for all tabs (architecture.md, "worker bridge"): the tab that holds the Web Lock runs
 * it, every other tab calls it over a BroadcastChannel. When the leader's tab closes or freezes, a
 * successor takes over and starts locked.
 */
export class LeadingEngine {
  readonly api: EngineApi = this.#createForwarder();
  readonly #start: (isAlone: boolean) => Promise<RunningEngine>;
  readonly #standIn: (cause: unknown) => EngineApi;
  readonly #name = crypto.randomUUID();
  readonly #tabs = new BroadcastChannel(announcementsName);
  /** While this tab holds the lock, whether or not its engine has started. */
  #term: symbol | null = null;
  #own: Promise<RunningEngine> | null = null;
  #leader: string | null = null;
  #lastHeardMs = performance.now();
  #engine = new Handover<AnyEngine>();
  #waiting = new AbortController();

  /**
   * `start` begins an engine, told whether no other can wake beside it; `standIn` answers, for as long
   * as the cause of its failure lasts, in its place.
   */
  constructor(
    start: (isAlone: boolean) => Promise<RunningEngine>,
    standIn: (cause: unknown) => EngineApi,
  ) {
    this.#start = start;
    this.#standIn = standIn;
  }

  /** Asks for the lead, and for the leader's ear until it comes. */
  start(): void {
    this.#tabs.addEventListener('message', ({ data }: MessageEvent<Announcement>) => {
      this.#hear(data);
    });
    void this.#wait();
    this.#say({ kind: 'hello', follower: this.#name });
    setInterval(() => {
      this.#beat();
    }, heartbeatMs);
  }

  /** The device says that there is a link again. */
  linkIsBack(): void {
    this.#whenStarted((engine) => {
      engine.linkIsBack();
    });
  }

  /** Does nothing where this tab runs no engine, or its engine cannot start. */
  #whenStarted(work: (engine: RunningEngine) => void): void {
    void this.#own?.then(work, () => undefined);
  }

  #createForwarder(): EngineApi {
    const get = (_target: EngineApi, name: string | symbol) => {
      if (typeof name !== 'string' || name === 'then') return undefined;
      return (...args: readonly unknown[]) => this.#forward(name as keyof EngineApi, args);
    };
    return new Proxy<EngineApi>(Object.create(null) as EngineApi, { get });
  }

  async #forward(name: keyof EngineApi, args: readonly unknown[]): Promise<unknown> {
    for (;;) {
      const { value: engine, isOver } = await this.#engine.current();
      const method = engine[name] as (...given: readonly unknown[]) => Promise<unknown>;
      const lost = Symbol('lost');
      const answer = await Promise.race([method(...args), isOver.then(() => lost)]);
      if (answer !== lost) return answer;
      if (!repeatable.includes(name)) return { ok: false, error: { code: 'engine-gone' } };
    }
  }

  async #wait(): Promise<void> {
    this.#waiting = new AbortController();
    await this.#hold({ signal: this.#waiting.signal });
  }

  async #steal(): Promise<void> {
    this.#waiting.abort();
    await this.#hold({ steal: true });
  }

  /** Holds the lock for as long as this tab lives, or until another tab steals it from a frozen one. */
  async #hold(options: LockOptions): Promise<void> {
    try {
      await navigator.locks.request(lockName, options, () => this.#lead(options.steal !== true));
    } catch {
      if (options.signal?.aborted || this.#term === null) return;
      await this.#resign();
      void this.#wait();
    }
  }

  async #lead(isAlone: boolean): Promise<void> {
    const term = (this.#term = Symbol());
    this.#leader = this.#name;
    const engine = await this.#startPatiently(isAlone, () => this.#term === term);
    if (engine === null) return;
    this.#engine.handOver(engine.api);
    this.#say({ kind: 'leads', leader: this.#name });
    await new Promise<never>(() => undefined);
  }

  /**
   * Where the device's storage does not open, says so, and tries again, or waits on where it says
   * nothing; null once the lead is lost.
   */
  async #startPatiently(isAlone: boolean, leads: () => boolean): Promise<RunningEngine | null> {
    while (leads()) {
      this.#own = this.#start(isAlone);
      const patience = setTimeout(() => {
        if (leads()) this.#engine.handOver(this.#standIn(new StorageSilentError()));
      }, storagePatienceMs);
      try {
        const engine = await this.#own;
        return leads() ? engine : null;
      } catch (cause) {
        this.#own = null;
        if (!leads()) break;
        this.#engine.handOver(this.#standIn(cause));
        await new Promise((resolve) => setTimeout(resolve, restartMs));
      } finally {
        clearTimeout(patience);
      }
    }
    return null;
  }

  async #resign(): Promise<void> {
    this.#term = null;
    const engine = await this.#own?.catch(() => undefined);
    this.#own = null;
    this.#leader = null;
    this.#engine.end();
    engine?.stop();
    this.#say({ kind: 'hello', follower: this.#name });
  }

  #hear(said: Announcement): void {
    this.#lastHeardMs = performance.now();
    switch (said.kind) {
      case 'hello':
        this.#whenStarted(({ api }) => {
          expose(api, tabEndpoint(said.follower, this.#name));
          this.#say({ kind: 'welcome', follower: said.follower, leader: this.#name });
        });
        break;
      case 'leads':
        if (this.#own !== null || said.leader === this.#leader) break;
        this.#leader = said.leader;
        this.#engine.end();
        this.#say({ kind: 'hello', follower: this.#name });
        break;
      case 'welcome':
        if (said.follower !== this.#name || this.#own !== null) break;
        this.#leader = said.leader;
        this.#engine.handOver(wrap<EngineApi>(tabEndpoint(this.#name, said.leader)));
        break;
    }
  }

  #beat(): void {
    if (this.#own !== null) {
      this.#say({ kind: 'leads', leader: this.#name });
    } else if (this.#term === null && performance.now() - this.#lastHeardMs > silenceMs) {
      this.#lastHeardMs = performance.now();
      this.#engine.end();
      void this.#steal();
    }
  }

  #say(announcement: Announcement): void {
    this.#tabs.postMessage(announcement);
  }
}

/** Something that is there, is lost, and comes again: callers wait for it, and learn when it is over. */
class Handover<T> {
  #next = Promise.withResolvers<{ readonly value: T; readonly isOver: Promise<void> }>();
  #over: (() => void) | null = null;

  current() {
    return this.#next.promise;
  }

  handOver(value: T): void {
    this.end();
    const over = Promise.withResolvers<undefined>();
    this.#over = () => {
      over.resolve(undefined);
    };
    this.#next.resolve({ value, isOver: over.promise });
  }

  end(): void {
    if (this.#over === null) return;
    this.#over();
    this.#over = null;
    this.#next = Promise.withResolvers();
  }
}

/** A channel of one tab and its leader, in comlink's terms. */
function tabEndpoint(follower: string, leader: string): Endpoint {
  const channel = new BroadcastChannel(`${announcementsName}-${follower}-${leader}`);
  return {
    postMessage: (message: unknown) => {
      channel.postMessage(message);
    },
    addEventListener: channel.addEventListener.bind(channel),
    removeEventListener: channel.removeEventListener.bind(channel),
  };
}
