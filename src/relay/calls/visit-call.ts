import { equalBytes } from '#core/types/bytes.ts';
import { parseCursor, visitForms, type BoardCursor } from '#sync/wire/board.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { sendCbor } from '../http/answers.ts';
import { CallError } from '../http/errors.ts';
import type { RelayContext } from '../relay-context.ts';
import { manifestEntries, sinceLimits } from './board-calls.ts';
import { parameterOf, type Call } from './call.ts';
import { composeInfo } from './info-call.ts';

/** Keeps a newcomer's first answer small enough for 2G. */
const newestLimits = { maxRecords: wireLimits.newestRecords, maxBytes: 65_536 };
const newcomer = 'new';

/** GET /v1/visit/<cursor>: greeting and board in one answer, because each turn costs a round trip. */
export function visitCall(context: RelayContext): Call {
  return {
    method: 'GET',
    path: '/visit/:cursor',
    async answer(request, reply) {
      const text = parameterOf(request, 'cursor');
      const cursor = parseCursor(text);
      if (cursor === undefined && text !== newcomer) throw new CallError('malformed');
      const info = { ...composeInfo(context) };
      const { log } = context;
      const isKnown =
        cursor !== undefined &&
        equalBytes(cursor.epoch, log.epoch) &&
        cursor.sequence <= log.head();
      return sendCbor(request, reply, [
        info,
        isKnown ? await composeChanges(context, cursor) : await composeStart(context),
      ]);
    },
  };
}

async function composeChanges({ log }: RelayContext, cursor: BoardCursor) {
  const { records, next, more } = await log.since(cursor.sequence, sinceLimits);
  return [visitForms.changes, next, more, records];
}

async function composeStart({ log }: RelayContext) {
  const packs = await log.packs();
  const tailStart = packs[0]?.last ?? 0;
  const head = log.head();
  const { records, next, more } = await log.newest(newestLimits);
  const isTailWhole = !more || next <= tailStart + 1;
  return [visitForms.start, manifestEntries(packs), tailStart, head, isTailWhole, records];
}
