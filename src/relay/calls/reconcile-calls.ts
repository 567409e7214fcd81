import { maxSymbols } from '#core/reconcile/sizes.ts';
import { packHeader } from '#core/records/pack.ts';
import { fetchCallSchema, reconcileCallSchema } from '#sync/wire/board.ts';
import { cborType, packType } from '#sync/wire/media-type.ts';
import { concatBytes } from '#core/types/bytes.ts';
import {
  acceptedEncodings,
  asBuffer,
  readBody,
  sendCompressed,
  sendPlainCbor,
} from '../http/answers.ts';
import { CallError } from '../http/errors.ts';
import { Sketches } from '../reconcile/sketches.ts';
import type { RelayContext } from '../relay-context.ts';
import type { Call } from './call.ts';

const maxReconcileBody = 64;
/** 256 short ids of 8 bytes, a salt and the heads. */
const maxFetchBody = 2_112;

/** POST /v1/board/reconcile and /v1/board/records: protocol.md, "Reconciling". */
export function reconcileCalls(context: RelayContext): readonly Call[] {
  const { log, workers, clock } = context;
  const sketches = new Sketches(log, clock);
  return [
    {
      method: 'POST',
      path: '/board/reconcile',
      maxBodyBytes: maxReconcileBody,
      bodyType: cborType,
      async answer(request, reply) {
        const [salt, from, count] = readBody(request, reconcileCallSchema);
        const sketch = salt === null ? await sketches.newest() : sketches.find(salt);
        if (sketch === undefined) throw new CallError('cursor-unknown');
        const symbols = await sketch.symbols(from, Math.min(from + count, maxSymbols));
        const { sequence, total } = sketch;
        return sendPlainCbor(reply, [log.epoch, sketch.salt, sequence, total, symbols]);
      },
    },
    {
      method: 'POST',
      path: '/board/records',
      maxBodyBytes: maxFetchBody,
      bodyType: cborType,
      async answer(request, reply) {
        const [salt, shortIds] = readBody(request, fetchCallSchema);
        const sketch = sketches.find(salt);
        if (sketch === undefined) throw new CallError('cursor-unknown');
        const oldestFirst = await log.recordsAt(sketch.positionsOf(shortIds));
        void reply.type(packType).header('cache-control', 'no-store');
        if (oldestFirst.length === 0) return reply.send(asBuffer(packHeader('none')));
        const newestFirst = oldestFirst.toReversed();
        if (acceptedEncodings(request.headers['accept-encoding']).has('br')) {
          // brotli brings its own words, and short answers are compressed at its highest quality.
          const pack = concatBytes(packHeader('none'), await workers.layOut(newestFirst));
          return sendCompressed(request, reply, pack);
        }
        return reply.send(asBuffer((await workers.sealPack(newestFirst, 'asked')).bytes));
      },
    },
  ];
}
