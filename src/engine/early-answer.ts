/** For one question with its answer: a page of the board takes some 15 KB. */
const roomBytes = 65_536;
const headBytes = 8;
/** What the head's two numbers say: the turn, odd while an answer is being put there, and its length. */
const turnAt = 0;
const lengthAt = 1;

/**
 * Memory that the engine shares with its page: the last answer lies ready there, where a message
 * waits until a frame that is on its way has been drawn. One side puts, the other takes, as with a
 * sequence lock (Boehm, Can seqlocks get along with programming language memory models?, 2012).
 */
export function createEarlyMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(headBytes + roomBytes);
}

const headOf = (memory: SharedArrayBuffer) => new Int32Array(memory, 0, 2);

/** Grows with every answer that is put there. */
export function earlyTurn(memory: SharedArrayBuffer): number {
  return Atomics.load(headOf(memory), turnAt);
}

/** Puts an answer there, unless it is too long. */
export function putEarlyAnswer(
  memory: SharedArrayBuffer,
  question: unknown,
  answer: unknown,
): void {
  const bytes = new TextEncoder().encode(JSON.stringify([question, answer]));
  if (bytes.length > roomBytes) return;
  const head = headOf(memory);
  Atomics.add(head, turnAt, 1);
  new Uint8Array(memory, headBytes).set(bytes);
  Atomics.store(head, lengthAt, bytes.length);
  Atomics.add(head, turnAt, 1);
}

/** The answer to a question as JSON, if it was put there, whole, after such a turn; else undefined. */
export function takeEarlyAnswer(
  memory: SharedArrayBuffer,
  question: string,
  since: number,
): unknown {
  const turn = earlyTurn(memory);
  // One that was being put there at that turn is of an earlier question.
  if (turn <= since + 1 || turn % 2 === 1) return undefined;
  // A copy of its own, because no decoder takes shared memory everywhere.
  const copy = new Uint8Array(memory, headBytes, Atomics.load(headOf(memory), lengthAt)).slice();
  // A write that adds nothing, because no processor lets the reads before it happen after it.
  if (Atomics.add(headOf(memory), turnAt, 0) !== turn) return undefined;
  const [asked, answer] = JSON.parse(new TextDecoder().decode(copy)) as readonly unknown[];
  return JSON.stringify(asked) === question ? answer : undefined;
}
