import type { FastifyReply, FastifyRequest } from 'fastify';
import { readRange } from '../http/byte-range.ts';
import type { AppForm } from './app-files.ts';

/**
 * Sends one form of a file, or what a client still lacks of it (RFC 9110 sections 13.2.2 and 14.2):
 * 304 where the client has it, 206 for one range, 416 for a range behind its end, else all of it.
 */
export function sendForm(
  { bytes, etag }: AppForm,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  void reply.header('etag', etag).header('accept-ranges', 'bytes');
  if (isKnown(request, etag)) return reply.removeHeader('content-encoding').code(304).send();
  const range = readRange(rangeOf(request, etag), bytes.length);
  if (range === 'whole') return reply.send(bytes);
  if (range === 'unsatisfiable') {
    return reply
      .removeHeader('content-encoding')
      .code(416)
      .header('content-range', `bytes */${bytes.length}`)
      .send();
  }
  const { first, last } = range;
  return reply
    .code(206)
    .header('content-range', `bytes ${first}-${last}/${bytes.length}`)
    .send(bytes.subarray(first, last + 1));
}

function isKnown({ headers }: FastifyRequest, etag: string): boolean {
  const known = String(headers['if-none-match'] ?? '').split(',');
  return known.some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
}

/** A range counts for GET alone, and where If-Range comes with it for the very bytes that are here. */
function rangeOf({ method, headers }: FastifyRequest, etag: string): string | undefined {
  const since = headers['if-range'];
  return method === 'GET' && (since === undefined || since === etag) ? headers.range : undefined;
}
