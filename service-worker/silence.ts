/** A connection on which nothing comes for so long is dead, though nobody said so. */
const silenceMs = 25_000;

/** Ends what listens to its signal after a long silence. */
export class Silence {
  readonly #controller = new AbortController();
  #timer = 0;

  constructor() {
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something has come. */
  restart(): void {
    this.end();
    this.#timer = setTimeout(() => this.#controller.abort(), silenceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** What comes of a body, as it comes; not every browser can iterate a body itself. */
export async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (piece?.value === undefined) return;
    yield piece.value;
  }
}
