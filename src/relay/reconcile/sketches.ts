import { randomBytes } from 'node:crypto';
import { saltBytes } from '#core/reconcile/sizes.ts';
import { copyBytes, equalBytes, type Bytes } from '#core/types/bytes.ts';
import type { Clock } from '#core/types/ports.ts';
import type { RelayLog } from '../log-port.ts';
import { Sketch } from './sketch.ts';

/** A sketch that the log has outgrown is drawn again at most this often; what is newer comes by `since`. */
const freshMs = 30_000;
/** A visitor finishes with the sketch that it began with. */
const keptSketches = 2;

/** The sketches that visitors reconcile against; drawn when the first asks. */
export class Sketches {
  readonly #log: RelayLog;
  readonly #clock: Clock;
  #kept: readonly Sketch[] = [];
  #drawing: Promise<Sketch> | undefined;

  constructor(log: RelayLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** One that is fresh enough to begin with. */
  async newest(): Promise<Sketch> {
    const [newest] = this.#kept;
    const isFresh =
      newest !== undefined &&
      (newest.sequence === this.#log.head() || this.#clock() - newest.drawnMs < freshMs);
    if (isFresh) return newest;
    this.#drawing ??= this.#draw().finally(() => (this.#drawing = undefined));
    return this.#drawing;
  }

  /** The one with this salt, while it is kept. */
  find(salt: Bytes): Sketch | undefined {
    return this.#kept.find((sketch) => equalBytes(sketch.salt, salt));
  }

  async #draw(): Promise<Sketch> {
    const salt = copyBytes(randomBytes(saltBytes));
    const sketch = await Sketch.draw(this.#log, salt, this.#clock());
    this.#kept = [sketch, ...this.#kept].slice(0, keptSketches);
    return sketch;
  }
}
