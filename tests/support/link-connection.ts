import { connect, type Socket } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { notFoundAnswer, portalAnswer } from './canned-answers.ts';
import { CrossedRequest } from './crossed-request.ts';
import type { LinkTroubles, PathTrouble } from './link-troubles.ts';
import type { SharedBucket } from './shared-bucket.ts';

export type LinkDirection = 'bytesUp' | 'bytesDown';

/** What a connection needs of its link. */
export interface LinkState {
  readonly troubles: LinkTroubles;
  readonly bucket: SharedBucket;
  readonly counts: { readonly connections: number };
  /** Called with all that crosses. */
  count(direction: LinkDirection, bytes: Buffer): void;
  /** Notes a request, and tells what shall happen to it. */
  beginRequest(request: CrossedRequest): PathTrouble['does'] | undefined;
}

/** Enough for a head and a little of a body. */
const nthCutAfterBytes = 700;
const longestBacklogBytes = 131_072;

/** One browser's connection and the one to the relay that belongs to it. */
export class LinkConnection {
  onend: () => void = () => undefined;
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #targetPort: number;
  #second: Socket | undefined;
  readonly #state: LinkState;
  readonly #cutAfterBytes: number;
  readonly #backlog: Record<LinkDirection, number> = { bytesUp: 0, bytesDown: 0 };
  #greeted = false;
  #crossed = 0;
  #answerBytes = 0;
  #request: CrossedRequest | undefined;
  #trouble: PathTrouble['does'] | undefined;
  #answered = false;
  /** Nothing comes down any more, not even that it is over. */
  #isHeld = false;
  #up: Promise<void> = Promise.resolve();
  #down: Promise<void> = Promise.resolve();

  constructor(near: Socket, targetPort: number, state: LinkState) {
    this.#near = near;
    this.#state = state;
    this.#targetPort = targetPort;
    this.#far = connect(targetPort, '127.0.0.1');
    const { cutEveryNth } = state.troubles;
    const isNth = cutEveryNth > 0 && state.counts.connections % cutEveryNth === 0;
    this.#cutAfterBytes = isNth ? nthCutAfterBytes : Number.POSITIVE_INFINITY;
    near.setNoDelay(true);
    this.#far.setNoDelay(true);
    near.on('data', (bytes: Buffer) => this.#goUp(bytes));
    this.#far.on('data', (bytes: Buffer) => this.#goDown(bytes));
    near.on('end', () => void this.#up.then(() => this.#far.end()));
    this.#far.on('end', () => void this.#down.then(() => this.#endNear()));
    for (const socket of [near, this.#far]) {
      socket.on('error', () => this.reset());
      socket.on('close', () => this.#closed());
    }
  }

  /** Ends both sides with a reset. */
  reset(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }

  #endNear(): void {
    if (!this.#isHeld) this.#near.end();
  }

  #closed(): void {
    this.#second?.end();
    if (this.#near.destroyed && this.#far.destroyed) this.onend();
    else if (this.#near.destroyed) this.#far.destroy();
  }

  #goUp(bytes: Buffer): void {
    const request = CrossedRequest.read(bytes);
    if (request !== undefined) {
      this.#request = request;
      this.#trouble = this.#state.beginRequest(request);
      this.#answerBytes = 0;
      this.#second?.end();
      this.#second = undefined;
    }
    this.#up = this.#queue(this.#up, bytes, 'bytesUp', (slice) => this.#sendUp(slice));
  }

  #sendUp(slice: Buffer): void {
    if (this.#answered || this.#near.destroyed) return;
    if (this.#trouble?.kind === 'reset') this.reset();
    else if (this.#trouble?.kind === 'portal') this.#say(portalAnswer);
    else if (this.#trouble?.kind === 'not-found') this.#say(notFoundAnswer);
    else this.#far.write(slice);
    if (this.#trouble?.kind === 'repeat') this.#echo().write(slice);
  }

  /** A second connection to the relay that carries the same request. */
  #echo(): Socket {
    this.#second ??= connect(this.#targetPort, '127.0.0.1')
      .on('error', () => undefined)
      .resume();
    return this.#second;
  }

  /** Answers in the relay's place; the connection ends with it. */
  #say(answer: Buffer): void {
    this.#answered = true;
    this.#far.destroy();
    const write = (slice: Buffer) => this.#near.write(slice);
    this.#down = this.#queue(this.#down, answer, 'bytesDown', write).then(
      () => void this.#near.end(),
    );
  }

  #goDown(bytes: Buffer): void {
    if (this.#answered) return;
    this.#down = this.#queue(this.#down, bytes, 'bytesDown', (slice) => this.#sendDown(slice));
  }

  #sendDown(slice: Buffer): void {
    const from = this.#answerBytes;
    this.#answerBytes += slice.length;
    const trouble = this.#trouble;
    if (this.#near.destroyed) return;
    if (trouble?.kind === 'truncate' && this.#answerBytes >= trouble.afterBytes) {
      this.#answered = true;
      this.#near.end(slice.subarray(0, Math.max(0, trouble.afterBytes - from)));
      this.#far.destroy();
      return;
    }
    this.#isHeld ||= trouble?.kind === 'hold' && this.#answerBytes > trouble.afterBytes;
    if (this.#isHeld) return;
    const before = this.#request?.bodyBytes ?? 0;
    const bodyFrom = this.#request?.pass(slice) ?? 0;
    if (trouble?.kind === 'alter') alterByte(slice, bodyFrom + trouble.offset - before, bodyFrom);
    this.#near.write(slice);
  }

  /** Lines bytes up behind what crosses already in their direction, each late by the same delay. */
  async #queue(
    before: Promise<void>,
    bytes: Buffer,
    direction: LinkDirection,
    write: (slice: Buffer) => unknown,
  ): Promise<void> {
    const { delayMs } = this.#state.troubles;
    const handshakes = this.#greeted ? 0 : 2;
    this.#greeted = true;
    const dueAtMs = performance.now() + delayMs * (1 + handshakes);
    const source = direction === 'bytesUp' ? this.#near : this.#far;
    this.#backlog[direction] += bytes.length;
    if (this.#backlog[direction] > longestBacklogBytes) source.pause();
    await before;
    const waitMs = dueAtMs - performance.now();
    if (waitMs > 0) await pass(waitMs);
    await this.#cross(bytes, direction, write);
    this.#backlog[direction] -= bytes.length;
    if (this.#backlog[direction] <= longestBacklogBytes) source.resume();
  }

  async #cross(
    bytes: Buffer,
    direction: LinkDirection,
    write: (slice: Buffer) => unknown,
  ): Promise<void> {
    const { troubles, bucket } = this.#state;
    for (let from = 0; from < bytes.length;) {
      const room = Math.min(this.#cutAfterBytes, troubles.cutAfterBytes) - this.#crossed;
      if (room <= 0) this.reset();
      if (this.#near.destroyed) return;
      const slice = bytes.subarray(from, from + Math.min(bucket.sliceBytes, room));
      await bucket.take(slice.length);
      from += slice.length;
      this.#crossed += slice.length;
      this.#state.count(direction, slice);
      write(slice);
    }
  }
}

/** Turns all bits of one byte, if it is in this slice's part of the body. */
function alterByte(slice: Buffer, at: number, bodyFrom: number): void {
  const byte = at >= bodyFrom ? slice[at] : undefined;
  if (byte !== undefined) slice[at] = byte ^ 0xff;
}
