/** A task of the engine's worker gives way to waiting calls after so long. */
const sliceMs = 6;

/** Lets waiting calls run first. A timer set again and again would take 4 ms each time (HTML, "Timers"). */
export function giveWay(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Cuts long work into slices: await it between two steps. */
export class Slices {
  #startMs = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#startMs > sliceMs;
  }

  async next(): Promise<void> {
    if (!this.isOver) return;
    await giveWay();
    this.#startMs = performance.now();
  }

  /** Runs a generator to its end in slices. */
  async run<T>(work: Generator<undefined, T>): Promise<T> {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      await this.next();
    }
  }
}
