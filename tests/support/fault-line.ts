/**
 * Stands between one run of an engine and everything outside its memory: each request to a relay
 * and each transaction of its database is a point before and a point after. Ended at a point, the
 * run reads and writes nothing more, as a tab that was killed there.
 */
export class FaultLine {
  readonly #databaseName: string;
  #passed: string[] = [];
  #endAt = Number.POSITIVE_INFINITY;
  #endedAt: string | null = null;
  #isCut = false;

  constructor(databaseName: string) {
    this.#databaseName = databaseName;
    guardDatabases();
    lines.set(databaseName, this);
  }

  /** What it was about to do, or had just done, when it was ended; null while it runs. */
  get endedAt(): string | null {
    return this.#endedAt;
  }

  /** The points that were passed since endAtPoint, in order. */
  get passed(): readonly string[] {
    return this.#passed;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Ends the run at the n-th point from here, from 1. */
  endAtPoint(number: number): void {
    this.#passed = [];
    this.#endAt = number;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** Passes one point; false when the run is over. */
  pass(what: string): boolean {
    if (this.#isCut) return false;
    if (this.#passed.length + 1 < this.#endAt) {
      this.#passed.push(what);
      return true;
    }
    this.#isCut = true;
    this.#endedAt = what;
    return false;
  }

  guardFetch(inner: typeof fetch): typeof fetch {
    return async (input, init) => {
      const target = input instanceof Request ? input.url : String(input);
      const what = `${init?.method ?? 'GET'} ${new URL(target).pathname}`;
      if (what.endsWith('/live')) return this.#isCut ? never() : inner(input, init);
      if (!this.pass(`before ${what}`)) return never();
      const response = await inner(input, init);
      return this.pass(`after ${what}`) ? response : never();
    };
  }

  /** Whether a transaction of this database may begin; its end is a point too. */
  beginTransaction(
    transaction: () => IDBTransaction,
    stores: string,
    mode: string,
  ): IDBTransaction {
    const what = `${mode} ${stores}`;
    if (mode === 'readonly') {
      return this.#isCut ? silentTransaction() : transaction();
    }
    if (!this.pass(`before ${what}`)) return silentTransaction();
    const begun = transaction();
    begun.addEventListener('complete', () => this.pass(`after ${what}`));
    return begun;
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
