import { validateHeaderName, validateHeaderValue, type ServerResponse } from 'node:http';
import { wakeUpBytes } from './wake-up-bytes.ts';
import { boardAlone, type WakeUp } from './wake-ups.ts';

/** Headers of an answer, names and values in turn. */
type Head = readonly string[];

/** A poll, which is answered once. */
export interface OpenPoll {
  readonly raw: ServerResponse;
  readonly head: Head;
}

/** The bytes of an answer, good for one second. */
interface Answer {
  readonly head: Head;
  readonly second: number;
  readonly bytes: Buffer;
}

/** The head of the poll before: as a rule those of all are alike, and one list serves them. */
let lastHead: Head = [];
/** What the board told last: those whose heads are alike get the same bytes. */
let toldByBoard: Answer | null = null;

/** The same head as one list for all who have it. */
export function shareHead(head: Head): Head {
  if (head.length === lastHead.length && head.every((text, index) => text === lastHead[index])) {
    return lastHead;
  }
  for (const [index, text] of head.entries()) {
    if (index % 2 === 0) validateHeaderName(text);
    else validateHeaderValue(head[index - 1] ?? '', text);
  }
  return (lastHead = head);
}

/**
 * Answers in one write to the socket; that it is answered, the response learns once all are told who
 * are told in this turn. Its own `end` costs half as much again before the next one is told. That
 * remains the way where it has no socket yet, and where the connection ends with it.
 */
export function answerPoll({ raw, head }: OpenPoll, wakeUp: WakeUp): void {
  const { socket } = raw;
  if (socket === null || !socket.writable || !raw.shouldKeepAlive) {
    endPoll({ raw, head }, wakeUp);
    return;
  }
  socket.write(bytesOf(head, wakeUp));
  process.nextTick(() => {
    if (raw.socket === socket) raw.emit('finish');
  });
}

/** Answers as Node's responses do. */
export function endPoll({ raw, head }: OpenPoll, wakeUp: WakeUp): void {
  const { latin1 } = wakeUpBytes(wakeUp);
  raw.writeHead(200, [...head, 'content-length', String(latin1.length)]);
  raw.end(latin1, 'latin1');
}

function bytesOf(head: Head, wakeUp: WakeUp): Buffer {
  const second = Math.floor(Date.now() / 1_000);
  if (wakeUp !== boardAlone) return encodeAnswer(head, wakeUp, second);
  if (toldByBoard?.head !== head || toldByBoard.second !== second) {
    toldByBoard = { head, second, bytes: encodeAnswer(head, wakeUp, second) };
  }
  return toldByBoard.bytes;
}

function encodeAnswer(head: Head, wakeUp: WakeUp, second: number): Buffer {
  const { latin1 } = wakeUpBytes(wakeUp);
  const fields = head.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
  const date = new Date(second * 1_000).toUTCString();
  const ends = `date: ${date}\r\ncontent-length: ${latin1.length}\r\n\r\n${latin1}`;
  return Buffer.from(`HTTP/1.1 200 OK\r\n${fields.join('')}${ends}`, 'latin1');
}
