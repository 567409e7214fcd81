import type { EngineContext } from './engine-context.ts';

/**
 * Makes a queue of steps, one after the other; but whoever takes longer than `longestMs` keeps nobody
 * waiting any more, so that one that never ends cannot hold up all others.
 */
export function createTurns(longestMs: number): EngineContext['exclusive'] {
  let turn: Promise<unknown> = Promise.resolve();
  return <T>(step: () => Promise<T>): Promise<T> => {
    const begun = turn.then(() => {
      const run = step();
      return { run, isOver: settledWithin(run, longestMs) };
    });
    turn = begun.then(({ isOver }) => isOver);
    return begun.then(({ run }) => run);
  };
}

function settledWithin(run: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const settle = () => {
      clearTimeout(timer);
      resolve();
    };
    run.then(settle, settle);
  });
}
