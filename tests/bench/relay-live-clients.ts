import { connect, type Socket } from 'node:net';
import { encodeCbor } from '#core/codec/cbor.ts';
import { cborType } from '#sync/wire/media-type.ts';
import type { LiveOrder, LiveReport } from './relay-live.ts';

/*
 * Runs in a process of its own, so that the clients' memory is not the relay's: so many phones, each
 * on a connection of its own, that ask to be woken, and note when they were. Bare sockets: what is
 * measured is the relay, not a client's HTTP library.
 */

/** Connections that are begun at a time. */
const dialling = 200;
const settleMs = 1_500;
/** How wake-ups begin, and neither a heartbeat nor an answer's head: of the board, of the one queue. */
const wakeUpStarts = [Buffer.from([0x82, 0xf5]), Buffer.from([0x82, 0xf4, 0x81])];

interface Phone {
  readonly socket: Socket;
  readonly number: number;
}

/** What any socket reads, looked at before the next one is read. */
const readBuffer = Buffer.alloc(4_096);

const phones: Phone[] = [];
let order: LiveOrder;
let board = 0;
let wokenMs: number[] = [];
let wokenPhones: number[] = [];

function bodyOf(number: number): Buffer {
  const items = order.items[number];
  return Buffer.from(encodeCbor([order.mode, order.origin, order.challenge, board, items ?? []]));
}

function ask({ socket, number }: Phone): void {
  const body = bodyOf(number);
  socket.write(
    `POST /v1/live HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${cborType}\r\n` +
      `content-length: ${body.length}\r\n\r\n`,
  );
  socket.write(body);
}

function dial(number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const callback = (count: number) => {
      const bytes = readBuffer.subarray(0, count);
      if (wakeUpStarts.some((start) => bytes.includes(start))) {
        wokenMs.push(performance.timeOrigin + performance.now());
        wokenPhones.push(number);
      }
      return true;
    };
    const onread = { buffer: readBuffer, callback };
    const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true, onread }, () => {
      const phone = { socket, number };
      phones.push(phone);
      ask(phone);
      resolve();
    });
    socket.once('error', reject);
  });
}

async function start(): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: dialling }, async () => {
      for (let number = next++; number < order.clients; number = next++) await dial(number);
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, settleMs));
}

function take(): LiveReport {
  const report = { wokenMs, wokenPhones };
  wokenMs = [];
  wokenPhones = [];
  return report;
}

process.on('message', (message: LiveOrder | 'take' | { readonly again: number }) => {
  if (message === 'take') process.send?.(take());
  else if ('again' in message) {
    // Those that were woken ask again, as an app does.
    board = message.again;
    if (order.mode === 'poll') for (const phone of phones) ask(phone);
    setTimeout(() => process.send?.('asked'), settleMs);
  } else {
    order = message;
    board = order.board;
    void start().then(() => process.send?.('holding'));
  }
});
