const ids = /[\w-]{22,43}(?:\.\d+)?/g;

/**
 * Stands between one run of an engine and everything outside its memory: each request to a relay
 * and each transaction of its database is a point before and a point after. Ended at a point, the
 * run reads and writes nothing more, as a tab that was killed there.
 */
export class FaultLine {
  #passed: string[] = [];
  #endAt: string | null = null;
  #isCut = false;

  constructor(databaseName: string) {
    guardDatabases();
    lines.set(databaseName, this);
  }

  /** The points that were passed since watch or endAt, each with how often it had come before. */
  get passed(): readonly string[] {
    return this.#passed;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Counts points from here on, and lets all of them pass. */
  watch(): void {
    this.#passed = [];
    this.#endAt = null;
  }

  /** Ends the run when it comes to this point, as `passed` names it, counted from here. */
  endAt(point: string): void {
    this.watch();
    this.#endAt = point;
  }

  cut(): void {
    this.#isCut = true;
  }

  guardFetch(inner: typeof fetch): typeof fetch {
    return async (input, init) => {
      const target = input instanceof Request ? input.url : String(input);
      const path = new URL(target).pathname.replace(ids, '<id>');
      const what = `${init?.method ?? 'GET'} ${path}`;
      if (path.endsWith('/live')) return this.#isCut ? never() : inner(input, init);
      if (!this.#pass(`before ${what}`)) return never();
      const response = await inner(input, init);
      return this.#pass(`after ${what}`) ? response : never();
    };
  }

  /** A transaction of the database, or one that never answers; the end of one that writes is a point too. */
  beginTransaction(begin: () => IDBTransaction, stores: string, mode: string): IDBTransaction {
    if (mode === 'readonly') return this.#isCut ? silentTransaction() : begin();
    if (!this.#pass(`before writing ${stores}`)) return silentTransaction();
    const begun = begin();
    begun.addEventListener('complete', () => this.#pass(`after writing ${stores}`));
    return begun;
  }

  #pass(what: string): boolean {
    if (this.#isCut) return false;
    const before = this.#passed.filter((point) => point.startsWith(`${what} #`)).length;
    const point = `${what} #${before}`;
    this.#isCut = point === this.#endAt;
    this.#passed.push(point);
    return !this.#isCut;
  }
}

/** By name of the database: the run that has it open now. */
const lines = new Map<string, FaultLine>();
/** The run that opened a connection goes on to be the one it counts for. */
const owners = new WeakMap<IDBDatabase, FaultLine>();
let isGuarded = false;

function guardDatabases(): void {
  if (isGuarded) return;
  isGuarded = true;
  const begin = Reflect.get(IDBDatabase.prototype, 'transaction') as IDBDatabase['transaction'];
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores, mode, options) {
    const line = owners.get(this) ?? lines.get(this.name);
    const start = () => begin.call(this, stores, mode, options);
    if (line === undefined) return start();
    owners.set(this, line);
    const names = typeof stores === 'string' ? stores : [...stores].join('+');
    return line.beginTransaction(start, names, mode ?? 'readonly');
  };
}

/** Takes every request and answers none, as the database of a tab that is gone. */
function silentTransaction(): IDBTransaction {
  const silence: object = new Proxy(() => silence, {
    get: (_target, name) => (name === 'then' || typeof name === 'symbol' ? undefined : silence),
    set: () => true,
  });
  return silence as IDBTransaction;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
