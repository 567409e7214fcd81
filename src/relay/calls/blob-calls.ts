import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import { equalBytes } from '#core/types/bytes.ts';
import { dayOf } from '#core/types/day.ts';
import type { BlobId } from '#core/types/ids.ts';
import { blobPrice, blobWork, putBlobBounds, putBlobSchema } from '#sync/wire/blobs.ts';
import { blobType, cborType } from '#sync/wire/media-type.ts';
import { asBuffer, readBody, sendPlainCbor } from '../http/answers.ts';
import { readRange } from '../http/byte-range.ts';
import { CallError } from '../http/errors.ts';
import type { NewBlob } from '../log-port.ts';
import type { RelayContext } from '../relay-context.ts';
import { parameterOf, type Call } from './call.ts';
import { demandStamp } from './queue-calls.ts';

const blobIdBytes = 32;
const megabyte = 1_000_000;
/** Room comes back at the turn of a day. */
const fullRetrySeconds = 3_600;

/** PUT and GET /v1/blobs/<id>. */
export function blobCalls(context: RelayContext): readonly Call[] {
  return [putCall(context), getCall(context)];
}

function putCall(context: RelayContext): Call {
  const { log, clock, config } = context;
  return {
    method: 'PUT',
    path: '/blobs/:id',
    maxBodyBytes: putBlobBounds.maxBytes,
    bodyType: cborType,
    async answer(request, reply) {
      if (context.isFull()) throw new CallError('overloaded');
      const id = readId(request);
      const [size, hash, stamp, offset, piece] = readBody(request, putBlobSchema, putBlobBounds);
      if (size > config.blobBytes) throw new CallError('too-large');
      if (offset + piece.length > size) throw new CallError('malformed');
      const blob: NewBlob = { id, size, hash };
      const today = dayOf(clock());
      const known = await log.blob(id, today);
      if (known === undefined) {
        if (stamp === null) throw new CallError('blob-unknown');
        const { sendId, envelopeId } = blobWork(id, size, hash);
        demandStamp(context, sendId, envelopeId, stamp, blobPrice(config.stampPrice, size));
        const hasRoom = await log.beginBlob(blob, config.blobsMegabytes * megabyte, today);
        if (!hasRoom) throw new CallError('blobs-full', fullRetrySeconds);
      } else if (known.size !== size || !equalBytes(known.hash, hash)) {
        throw new CallError('blob-conflict');
      }
      const { outcome, received, whole } = await log.addToBlob(id, offset, piece);
      if (outcome === 'unknown') throw new CallError('blob-unknown');
      if (outcome === 'misshapen') throw new CallError('malformed');
      if (outcome === 'conflict') throw new CallError('blob-conflict');
      if (received === size && !whole) await finish(context, blob);
      return sendPlainCbor(reply, [received, received === size]);
    },
  };
}

/** Proves the whole blob by its hash, piece by piece, so that other calls are answered in between. */
async function finish({ log, clock }: RelayContext, { id, size, hash }: NewBlob): Promise<void> {
  const sum = createHash('sha256');
  for (let at = 0; at < size;) {
    const part = await log.readBlob(id, at);
    if (part.length === 0) throw new CallError('blob-unknown');
    sum.update(part);
    at += part.length;
    await new Promise(setImmediate);
  }
  const isWhole = equalBytes(sum.digest(), hash);
  await log.settleBlob(id, isWhole, dayOf(clock()));
  if (!isWhole) throw new CallError('blob-conflict');
}

function getCall({ log, clock }: RelayContext): Call {
  return {
    method: 'GET',
    path: '/blobs/:id',
    async answer(request, reply) {
      const id = readId(request);
      const blob = await log.blob(id, dayOf(clock()));
      if (blob?.whole !== true) throw new CallError('not-found');
      const { size } = blob;
      void reply
        .type(blobType)
        .header('accept-ranges', 'bytes')
        .header('cache-control', 'no-store, no-transform');
      const range = readRange(request.headers.range, size);
      if (range === 'unsatisfiable') {
        return reply.code(416).header('content-range', `bytes */${size}`).send();
      }
      const { first, last } = range === 'whole' ? { first: 0, last: size - 1 } : range;
      void reply.header('content-length', last - first + 1);
      if (range !== 'whole') {
        void reply.code(206).header('content-range', `bytes ${first}-${last}/${size}`);
      }
      return sendParts(request, reply, (at) => log.readBlob(id, at), first, last);
    },
  };
}

/** Sends piece after piece as the reader takes them; nobody makes the relay hold a whole blob. */
function sendParts(
  request: FastifyRequest,
  reply: FastifyReply,
  read: (at: number) => ReturnType<RelayContext['log']['readBlob']>,
  first: number,
  last: number,
): FastifyReply {
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  async function* parts() {
    for (let at = first; at <= last;) {
      const part = (await read(at)).subarray(0, last + 1 - at);
      if (part.length === 0) throw new CallError('not-found');
      yield asBuffer(part);
      at += part.length;
    }
  }
  return reply.send(Readable.from(parts(), { objectMode: false }));
}

function readId(request: FastifyRequest): BlobId {
  const id = base64UrlToBytes(parameterOf(request, 'id'));
  if (!id.ok || id.value.length !== blobIdBytes) throw new CallError('malformed');
  return id.value as BlobId;
}
