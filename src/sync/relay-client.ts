import * as z from 'zod/mini';
import { defaultBounds, type CborBounds } from '#core/codec/bounds.ts';
import { decodeCbor, encodeCbor, type CborValue, type Shape } from '#core/codec/cbor.ts';
import { bytesToBase64Url, bytesToHex } from '#core/codec/text-forms.ts';
import { maxPackBytes } from '#core/records/pack.ts';
import { maxRecordBytes } from '#core/records/record.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type {
  EnvelopeId,
  PackHash,
  QueueCap,
  QueueId,
  QueueReadKey,
  RecordAddress,
  RelayOrigin,
} from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { readBounded } from './bounded-body.ts';
import type { RelayFault } from './relay-fault.ts';
import {
  formatCursor,
  manifestBounds,
  manifestSchema,
  reconcileBounds,
  reconcileSchema,
  visitBounds,
  visitSchema,
  publishAnswerSchema,
  sinceBounds,
  sinceSchema,
  type BoardCursor,
  type BoardManifest,
} from './wire/board.ts';
import { relayErrorCodes } from './wire/codes.ts';
import { errorBodySchema, infoSchema } from './wire/info.ts';
import { wireLimits } from './wire/limits.ts';
import { cborSequenceType, cborType, packType } from './wire/media-type.ts';
import {
  ackedSchema,
  appendedSchema,
  queueCreatedSchema,
  readAnswerBounds,
  readAnswerSchema,
  wakeUpSchema,
  type Stamp,
} from './wire/queues.ts';

/** What a relay client needs from its surroundings. */
export interface RelayTransport {
  readonly fetch: typeof fetch;
  /** Called with every body's size as it is sent or received. */
  readonly countBytes: (direction: 'down' | 'up', bytes: number) => void;
}

interface Call<T> {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: { readonly bytes: Bytes; readonly type: string };
  readonly shape: Shape<T>;
  readonly bounds?: CborBounds;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

interface CallOptions extends Partial<Call<unknown>> {
  readonly cache?: RequestCache;
}

const requestDefaults = {
  cache: 'no-store',
  credentials: 'omit',
  redirect: 'error',
  referrerPolicy: 'no-referrer',
} as const;

const manifestPath = '/v1/board/manifest';
/** A web host that knows nothing of this protocol names types as it likes. */
const anyType = '*/*';

/** How long a call may take; long enough for a few hundred kB on 2G. */
const callTimeoutMs = 90_000;
const infoTimeoutMs = 20_000;
const maxErrorBytes = 2_048;
/** A pack on its way may take this long without a byte. */
const stalledMs = 60_000;

/** One relay's calls; every failure is a RelayFault, never an exception. */
export class RelayClient {
  readonly origin: RelayOrigin;
  readonly #transport: RelayTransport;

  constructor(origin: RelayOrigin, transport: RelayTransport) {
    this.origin = origin;
    this.#transport = transport;
  }

  info() {
    return this.#call({
      method: 'GET',
      path: '/v1/info',
      shape: infoSchema,
      timeoutMs: infoTimeoutMs,
    });
  }

  manifest() {
    return this.#call({
      method: 'GET',
      path: manifestPath,
      shape: manifestSchema,
      bounds: manifestBounds,
    });
  }

  /** Greets, and brings what the board has that is newer than the cursor; from null, where to begin. */
  visit(cursor: BoardCursor | null) {
    return this.#call({
      method: 'GET',
      path: `/v1/visit/${cursor === null ? 'new' : formatCursor(cursor)}`,
      shape: visitSchema,
      bounds: visitBounds,
    });
  }

  /** The manifest of a board that lies at this address as files: any web host, whatever it calls their type. */
  async staticManifest(): Promise<Result<BoardManifest, RelayFault>> {
    const body = await this.#fetchBody('GET', manifestPath, anyType, manifestBounds.maxBytes, {
      cache: 'no-cache',
    });
    if (!body.ok) return body;
    const decoded = decodeCbor(body.value, manifestSchema, manifestBounds);
    return decoded.ok ? decoded : fail({ code: 'captive-portal' });
  }

  since(cursor: BoardCursor) {
    return this.#call({
      method: 'GET',
      path: `/v1/board/since/${formatCursor(cursor)}`,
      shape: sinceSchema,
      bounds: sinceBounds,
    });
  }

  /**
   * A pack's bytes from `from` on, as they come; `take` answers whether it wants more. Resolves with
   * whether the answer ended, or 'gone' where there is no such pack. What it is, nobody has checked.
   */
  async packBytes(
    hash: PackHash,
    from: number,
    take: (bytes: Uint8Array) => Promise<boolean>,
    signal?: AbortSignal,
  ): Promise<Result<'ended' | 'left' | 'gone', RelayFault>> {
    const stalled = new AbortController();
    const onStall = () => {
      stalled.abort();
    };
    let timer = setTimeout(onStall, stalledMs);
    try {
      const path = `/v1/board/packs/${bytesToHex(hash)}`;
      const response = await this.#transport.fetch(this.origin + path, {
        ...requestDefaults,
        method: 'GET',
        headers: from === 0 ? {} : { range: `bytes=${from}-` },
        signal: anySignal(stalled.signal, signal),
      });
      if (response.status === 404 || response.status === 410) {
        await response.body?.cancel();
        return ok('gone');
      }
      if (response.headers.get('content-type')?.startsWith('text/html') === true) {
        await response.body?.cancel();
        return fail({ code: response.status >= 500 ? 'unreachable' : 'captive-portal' });
      }
      const start = response.status === 206 ? rangeStart(response) : 0;
      if (!response.ok || start === undefined || start > from) {
        await response.body?.cancel();
        return fail({ code: response.status >= 500 ? 'unreachable' : 'bad-answer' });
      }
      // A host that knows no ranges begins at the beginning.
      let known = from - start;
      const reader = response.body?.getReader();
      for (;;) {
        const part = await reader?.read();
        if (part === undefined || part.done) return ok('ended');
        clearTimeout(timer);
        this.#transport.countBytes('down', part.value.length);
        const news = part.value.subarray(known);
        known = Math.max(0, known - part.value.length);
        if (news.length > 0 && !(await take(news))) {
          await reader?.cancel();
          return ok('left');
        }
        timer = setTimeout(onStall, stalledMs);
      }
    } catch {
      return fail({ code: 'unreachable' });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Symbols of the relay's board from `from` on: protocol.md, "Reconciling". */
  reconcile(salt: Bytes | null, from: number, count: number) {
    return this.#call({
      method: 'POST',
      path: '/v1/board/reconcile',
      body: cborBody([salt, from, count]),
      shape: reconcileSchema,
      bounds: reconcileBounds,
    });
  }

  /** Some records by their short ids, as a pack that nobody has checked. */
  fetchRecords(salt: Bytes, shortIds: Bytes): Promise<Result<Bytes, RelayFault>> {
    return this.#fetchBody('POST', '/v1/board/records', packType, maxPackBytes, {
      body: cborBody([salt, shortIds]),
    });
  }

  /** One record's bytes by its address. */
  record(address: RecordAddress): Promise<Result<Bytes, RelayFault>> {
    const path = `/v1/records/${bytesToBase64Url(address)}`;
    return this.#fetchBody('GET', path, cborType, maxRecordBytes);
  }

  publish(records: readonly Bytes[]) {
    return this.#call({
      method: 'POST',
      path: '/v1/records',
      body: { bytes: concatBytes(...records), type: cborSequenceType },
      shape: publishAnswerSchema,
    });
  }

  createQueue(readKey: QueueReadKey, capHash: Bytes, lifetimeDays: number, stamp: Stamp) {
    return this.#call({
      method: 'PUT',
      path: '/v1/queues',
      body: cborBody([readKey, capHash, lifetimeDays, stamp]),
      shape: queueCreatedSchema,
    });
  }

  append(queue: QueueId, cap: QueueCap, stamp: Stamp | null, envelope: Bytes) {
    return this.#call<[EnvelopeId, boolean]>({
      method: 'POST',
      path: `/v1/queues/${bytesToBase64Url(queue)}`,
      body: cborBody([cap, stamp, envelope]),
      shape: appendedSchema,
    });
  }

  readQueues(call: CborValue) {
    return this.#call({
      method: 'POST',
      path: '/v1/queues/read',
      body: cborBody(call),
      shape: readAnswerSchema,
      bounds: readAnswerBounds,
    });
  }

  ackQueues(call: CborValue) {
    return this.#call({
      method: 'POST',
      path: '/v1/queues/ack',
      body: cborBody(call),
      shape: ackedSchema,
    });
  }

  /** Waits for a wake-up; resolves after at most a minute. */
  poll(call: CborValue, signal: AbortSignal) {
    return this.#call({
      method: 'POST',
      path: '/v1/live',
      body: cborBody(call),
      shape: wakeUpSchema,
      timeoutMs: (wireLimits.liveSeconds + 20) * 1_000,
      signal,
    });
  }

  /** A PUT of a part that is loaded later, with the shape of its answer. */
  put<T>(path: string, body: CborValue, shape: Shape<T>) {
    return this.#call({ method: 'PUT', path, body: cborBody(body), shape });
  }

  async #call<T>(call: Call<T>): Promise<Result<T, RelayFault>> {
    const bounds = call.bounds ?? defaultBounds;
    const body = await this.#fetchBody(call.method, call.path, cborType, bounds.maxBytes, call);
    if (!body.ok) return body;
    const decoded = decodeCbor(body.value, call.shape, bounds);
    return decoded.ok ? decoded : fail({ code: 'bad-answer' });
  }

  async #fetchBody(
    method: string,
    path: string,
    type: string,
    maxBytes: number,
    { body, timeoutMs = callTimeoutMs, signal, cache = 'no-store' }: CallOptions = {},
  ): Promise<Result<Bytes, RelayFault>> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      if (body !== undefined) this.#transport.countBytes('up', body.bytes.length);
      const response = await this.#transport.fetch(this.origin + path, {
        ...requestDefaults,
        cache,
        method,
        ...(body === undefined ? {} : { body: body.bytes, headers: { 'content-type': body.type } }),
        signal: anySignal(timeout, signal),
      });
      return await this.#readAnswer(response, type, maxBytes);
    } catch {
      return fail({ code: 'unreachable' });
    }
  }

  async #readAnswer(
    response: Response,
    type: string,
    maxBytes: number,
  ): Promise<Result<Bytes, RelayFault>> {
    const answered = response.headers.get('content-type')?.split(';')[0]?.trim();
    const fromRelay = type === anyType || answered === type || answered === cborType;
    if (!fromRelay) {
      await response.body?.cancel();
      if (response.status >= 500) return fail({ code: 'unreachable' });
      return fail({ code: 'captive-portal' });
    }
    const bytes = await readBounded(response, response.ok ? maxBytes : maxErrorBytes);
    if (bytes === undefined) return fail({ code: 'bad-answer' });
    this.#transport.countBytes('down', bytes.length);
    if (!response.ok) return fail(refusalOf(bytes));
    return type === anyType || answered === type ? ok(bytes) : fail({ code: 'bad-answer' });
  }
}

function anySignal(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other]);
}

/** Where a 206 begins; undefined where it does not say. */
function rangeStart(response: Response): number | undefined {
  const match = /^bytes ([0-9]{1,15})-/.exec(response.headers.get('content-range') ?? '');
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

function cborBody(value: CborValue) {
  return { bytes: encodeCbor(value), type: cborType };
}

const knownCode = z.literal([...relayErrorCodes]);
const defaultRetrySeconds = 30;

/** Reads a refusal's body. */
export function refusalOf(bytes: Bytes): RelayFault {
  const decoded = decodeCbor(bytes, errorBodySchema);
  if (!decoded.ok) return { code: 'bad-answer' };
  const reason = knownCode.safeParse(decoded.value.code);
  return {
    code: 'refused',
    reason: reason.success ? reason.data : 'unknown',
    retryAfterSeconds: decoded.value.retryAfter ?? defaultRetrySeconds,
  };
}
