import * as z from 'zod/mini';
import { defaultBounds, type CborBounds } from '#core/codec/bounds.ts';
import { decodeCbor, encodeCbor, type CborValue, type Shape } from '#core/codec/cbor.ts';
import { bytesToBase64Url, bytesToHex } from '#core/codec/text-forms.ts';
import { sha256Bytes } from '#core/codec/hash.ts';
import { maxRecordBytes } from '#core/records/record.ts';
import { concatBytes, equalBytes, type Bytes } from '#core/types/bytes.ts';
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
  publishAnswerSchema,
  sinceBounds,
  sinceSchema,
  type BoardCursor,
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

/** How long a call may take; long enough for a few hundred kB on 2G. */
const callTimeoutMs = 90_000;
const infoTimeoutMs = 20_000;
const maxErrorBytes = 2_048;
/** A pack of 2,500 records of the largest size never occurs; this bounds what a liar can cost. */
const maxPackBytes = 4_194_304;

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
      path: '/v1/board/manifest',
      shape: manifestSchema,
      bounds: manifestBounds,
    });
  }

  since(cursor: BoardCursor) {
    return this.#call({
      method: 'GET',
      path: `/v1/board/since/${formatCursor(cursor)}`,
      shape: sinceSchema,
      bounds: sinceBounds,
    });
  }

  /** A pack's bytes, proved to be the ones that its hash names. */
  async pack(hash: PackHash): Promise<Result<Bytes, RelayFault>> {
    const path = `/v1/board/packs/${bytesToHex(hash)}`;
    const body = await this.#fetchBody('GET', path, packType, maxPackBytes);
    if (!body.ok) return body;
    return equalBytes(sha256Bytes(body.value), hash) ? body : fail({ code: 'bad-answer' });
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
    { body, timeoutMs = callTimeoutMs, signal }: Partial<Call<unknown>> = {},
  ): Promise<Result<Bytes, RelayFault>> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      if (body !== undefined) this.#transport.countBytes('up', body.bytes.length);
      const response = await this.#transport.fetch(this.origin + path, {
        method,
        ...(body === undefined ? {} : { body: body.bytes, headers: { 'content-type': body.type } }),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
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
    const fromRelay = answered === type || answered === cborType;
    if (!fromRelay) {
      await response.body?.cancel();
      if (response.status >= 500) return fail({ code: 'unreachable' });
      return fail({ code: 'captive-portal' });
    }
    const bytes = await readBounded(response, response.ok ? maxBytes : maxErrorBytes);
    if (bytes === undefined) return fail({ code: 'bad-answer' });
    this.#transport.countBytes('down', bytes.length);
    if (!response.ok) return fail(refusalOf(bytes));
    return answered === type ? ok(bytes) : fail({ code: 'bad-answer' });
  }
}

function cborBody(value: CborValue) {
  return { bytes: encodeCbor(value), type: cborType };
}

const knownCode = z.literal([...relayErrorCodes]);
const defaultRetrySeconds = 30;

function refusalOf(bytes: Bytes): RelayFault {
  const decoded = decodeCbor(bytes, errorBodySchema);
  if (!decoded.ok) return { code: 'bad-answer' };
  const reason = knownCode.safeParse(decoded.value.code);
  return {
    code: 'refused',
    reason: reason.success ? reason.data : 'unknown',
    retryAfterSeconds: decoded.value.retryAfter ?? defaultRetrySeconds,
  };
}
