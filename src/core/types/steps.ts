/** Runs work that can be cut into steps to its end in one go. */
export function runSteps<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
