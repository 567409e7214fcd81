/** Something the reader can act on: its message is shown without a stack. */
export class Failure extends Error {}

/** @param {unknown} error */
export function showFailure(error) {
  if (error instanceof Failure) console.error(error.message);
  else console.error(error);
}
