import type { FastifyReply } from 'fastify';
import { encodeCbor } from '#core/codec/cbor.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { RelayErrorCode } from '#sync/wire/codes.ts';
import { cborType } from '#sync/wire/media-type.ts';

/** HTTP status of each code. */
const statusOf: Readonly<Record<RelayErrorCode, number>> = {
  malformed: 400,
  'too-large': 413,
  'unsupported-media-type': 415,
  'not-found': 404,
  'method-not-allowed': 405,
  'rate-limited': 429,
  'stamp-invalid': 403,
  'stamp-too-cheap': 403,
  'queue-full': 409,
  'queue-unknown': 404,
  'signature-invalid': 403,
  'challenge-expired': 403,
  'cursor-unknown': 410,
  'blob-unknown': 404,
  'blob-conflict': 409,
  'blobs-full': 507,
  overloaded: 503,
  internal: 500,
};

/** One sentence for whoever looks at the traffic; clients go by the code. */
const messageOf: Readonly<Record<RelayErrorCode, string>> = {
  malformed: 'The request is not what this call takes.',
  'too-large': 'The request is larger than this call takes.',
  'unsupported-media-type': 'Bodies are application/cbor, posts of records application/cbor-seq.',
  'not-found': 'There is nothing here.',
  'method-not-allowed': 'This call takes another method.',
  'rate-limited': 'Too many calls; wait and try again.',
  'stamp-invalid': 'The stamp is for another day or another thing.',
  'stamp-too-cheap': 'The stamp pays less than info.stampPrice.',
  'queue-full': 'The queue is full until its owner has read it.',
  'queue-unknown': 'There is no such queue, or this is not its cap.',
  'signature-invalid': 'A signature does not match.',
  'challenge-expired': 'The challenge or the origin is not from info.',
  'cursor-unknown': 'The cursor is from another log; begin with the manifest.',
  'blob-unknown': 'There is no such blob; begin it with a stamp.',
  'blob-conflict': 'The blob of this name has other bytes.',
  'blobs-full': 'There is no room for more blobs; those that are here stay.',
  overloaded: 'More work waits than can be done soon; try again.',
  internal: 'Something failed here; nothing was stored.',
};

/** A refusal that a call answers with. */
export class CallError extends Error {
  readonly code: RelayErrorCode;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(code: RelayErrorCode, retryAfter?: number) {
    super(messageOf[code]);
    this.name = 'CallError';
    this.code = code;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return statusOf[this.code];
  }
}

/** CBOR of an error's body. */
export function errorBody({ code, message, retryAfter }: CallError): Bytes {
  return encodeCbor({ code, message, ...(retryAfter === undefined ? {} : { retryAfter }) });
}

/** Answers with a refusal. */
export function sendError(reply: FastifyReply, error: CallError): FastifyReply {
  if (error.retryAfter !== undefined) {
    void reply
      .header('retry-after', String(error.retryAfter))
      .header('access-control-expose-headers', 'retry-after');
  }
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type(cborType)
    .send(Buffer.from(errorBody(error)));
}
