import { hexToBytesStrict, bytesToHex } from '#core/codec/text-forms.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { PackHash } from '#core/types/ids.ts';
import { parseCursor } from '#sync/wire/board.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { packType } from '#sync/wire/media-type.ts';
import { asBuffer, sendCbor } from '../http/answers.ts';
import { readRange } from '../http/byte-range.ts';
import { CallError } from '../http/errors.ts';
import type { PackEntry, SliceLimits } from '../log-port.ts';
import type { RelayContext } from '../relay-context.ts';
import { parameterOf, type Call } from './call.ts';
import type { PagePayloads } from './page-payloads.ts';

/** Packed some 40 KB: what 2G brings between two cuts of ten seconds, for no answer but packs is resumed. */
export const sinceLimits: SliceLimits = {
  maxRecords: wireLimits.recordsPerSince,
  maxBytes: 65_536,
};
const packHashBytes = 32;

/** GET /v1/board/manifest, /v1/board/packs/<hash> and /v1/board/since/<cursor>. */
export function boardCalls(context: RelayContext, pages: PagePayloads): readonly Call[] {
  return [manifestCall(context), packCall(context), sinceCall(context, pages)];
}

/** Packs as a manifest lists them. */
export function manifestEntries(packs: readonly PackEntry[]) {
  return packs.map(({ hash, records, bytes, first, last }) => [hash, records, bytes, first, last]);
}

function manifestCall({ log, config }: RelayContext): Call {
  return {
    method: 'GET',
    path: '/board/manifest',
    async answer(request, reply) {
      const packs = await log.packs();
      const tailStart = packs[0]?.last ?? 0;
      return sendCbor(request, reply, [log.epoch, manifestEntries(packs), tailStart, config.demo]);
    },
  };
}

function packCall({ log }: RelayContext): Call {
  return {
    method: 'GET',
    path: '/board/packs/:hash',
    async answer(request, reply) {
      const hash = hexToBytesStrict(parameterOf(request, 'hash'));
      if (!hash.ok || hash.value.length !== packHashBytes) throw new CallError('malformed');
      const pack = await log.pack(hash.value as PackHash);
      if (pack === undefined) throw new CallError('not-found');
      void reply
        .type(packType)
        .header('etag', `"${bytesToHex(hash.value)}"`)
        .header('accept-ranges', 'bytes')
        .header('access-control-expose-headers', 'content-range, etag')
        // no-transform: a proxy that compresses it would break resuming by range.
        .header('cache-control', 'public, max-age=31536000, immutable, no-transform');
      const range = readRange(request.headers.range, pack.length);
      if (range === 'whole') return reply.send(asBuffer(pack));
      if (range === 'unsatisfiable') {
        return reply.code(416).header('content-range', `bytes */${pack.length}`).send();
      }
      const { first, last } = range;
      return reply
        .code(206)
        .header('content-range', `bytes ${first}-${last}/${pack.length}`)
        .send(asBuffer(pack.subarray(first, last + 1)));
    },
  };
}

/** The same name for the same page: what stands between two positions only ever leaves. */
export function pageName(after: number, next: number, count: number): string {
  return `${after}.${next}.${count}`;
}

function sinceCall({ log }: RelayContext, pages: PagePayloads): Call {
  return {
    method: 'GET',
    path: '/board/since/:cursor',
    async answer(request, reply) {
      const cursor = parseCursor(parameterOf(request, 'cursor'));
      if (cursor === undefined) throw new CallError('malformed');
      if (!equalBytes(cursor.epoch, log.epoch) || cursor.sequence > log.head()) {
        throw new CallError('cursor-unknown');
      }
      const { records, next, more } = await log.since(cursor.sequence, sinceLimits);
      const payload = await pages.of(pageName(cursor.sequence, next, records.length), records);
      return sendCbor(request, reply, [log.epoch, next, more, payload]);
    },
  };
}
