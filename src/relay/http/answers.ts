import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CborBounds } from '#core/codec/bounds.ts';
import { decodeCbor, encodeCbor, type CborValue, type Shape } from '#core/codec/cbor.ts';
import { copyBytes, type Bytes } from '#core/types/bytes.ts';
import { cborType } from '#sync/wire/media-type.ts';
import { CallError } from './errors.ts';

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/** Shorter answers gain less than they cost. */
const compressFromBytes = 1_024;
/** Quality 5 takes some milliseconds for a full answer, where 11 takes half a second; for a short one 11 takes 30. */
const shortBytes = 32_768;
const brotliQualities = { short: 11, long: 5 } as const;

/** The body of a call, as bytes of its own. */
export function bodyBytes(request: FastifyRequest): Bytes {
  return request.body instanceof Uint8Array ? copyBytes(request.body) : new Uint8Array(0);
}

/** Decodes a call's body by its schema. */
export function readBody<T>(request: FastifyRequest, shape: Shape<T>, bounds?: CborBounds): T {
  const decoded = decodeCbor(bodyBytes(request), shape, bounds);
  if (decoded.ok) return decoded.value;
  const isLarge = ['too-long', 'array-too-long'].includes(decoded.error.reason);
  throw new CallError(isLarge ? 'too-large' : 'malformed');
}

/** Answers with CBOR; public answers may be compressed, because they hold no secrets to guess at. */
export async function sendCbor(
  request: FastifyRequest,
  reply: FastifyReply,
  value: CborValue,
): Promise<FastifyReply> {
  void reply.type(cborType);
  if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
  return sendCompressed(request, reply, encodeCbor(value));
}

/** Answers with public bytes whose type is set, compressed where that is accepted and gains something. */
export async function sendCompressed(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Bytes,
): Promise<FastifyReply> {
  if (bytes.length < compressFromBytes) return reply.send(asBuffer(bytes));
  void reply.header('vary', 'accept-encoding');
  const accepted = acceptedEncodings(request.headers['accept-encoding']);
  if (accepted.has('br')) {
    void reply.header('content-encoding', 'br');
    const quality = brotliQualities[bytes.length <= shortBytes ? 'short' : 'long'];
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
    return reply.send(await compressBrotli(bytes, { params }));
  }
  if (accepted.has('gzip')) {
    void reply.header('content-encoding', 'gzip');
    return reply.send(await compressGzip(bytes));
  }
  return reply.send(asBuffer(bytes));
}

/** Answers with CBOR as it is. */
export function sendPlainCbor(reply: FastifyReply, value: CborValue): FastifyReply {
  return reply
    .type(cborType)
    .header('cache-control', 'no-store')
    .send(asBuffer(encodeCbor(value)));
}

/** The encodings that a client takes; those with q=0 are left out. */
export function acceptedEncodings(header: string | string[] | undefined): ReadonlySet<string> {
  const items = String(header ?? '')
    .toLowerCase()
    .split(',');
  return new Set(
    items
      .map((item) => item.split(';').map((part) => part.trim()))
      .filter(([, weight]) => weight === undefined || !/^q=0(?:\.0*)?$/.test(weight))
      .map(([name]) => name ?? ''),
  );
}

/** The same memory as a Buffer, which is what fastify sends. */
export function asBuffer(bytes: Bytes): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
