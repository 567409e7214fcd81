import { equalBytes } from '#core/types/bytes.ts';
import { parseCursor, visitForms, type BoardCursor } from '#sync/wire/board.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { sendCbor } from '../http/answers.ts';
import { CallError } from '../http/errors.ts';
import type { RelayContext } from '../relay-context.ts';
import { manifestEntries, pageName, sinceLimits } from './board-calls.ts';
import { parameterOf, type Call } from './call.ts';
import { composeGreeting } from './info-call.ts';
import type { PagePayloads } from './page-payloads.ts';

/** Keeps a newcomer's first answer small enough for 2G. */
const newestLimits = { maxRecords: wireLimits.newestRecords, maxBytes: 65_536 };
const newcomer = 'new';

/** GET /v1/visit/<cursor>: greeting and board in one answer, because each turn costs a round trip. */
export function visitCall(context: RelayContext, pages: PagePayloads): Call {
  return {
    method: 'GET',
    path: '/visit/:cursor',
    async answer(request, reply) {
      const text = parameterOf(request, 'cursor');
      const cursor = parseCursor(text);
      if (cursor === undefined && text !== newcomer) throw new CallError('malformed');
      const { log } = context;
      const isKnown =
        cursor !== undefined &&
        equalBytes(cursor.epoch, log.epoch) &&
        cursor.sequence <= log.head();
      const board = isKnown
        ? await composeChanges(context, pages, cursor)
        : await composeStart(context, pages);
      return sendCbor(request, reply, [composeGreeting(context), board]);
    },
  };
}

async function composeChanges(
  { log }: RelayContext,
  pages: PagePayloads,
  { sequence }: BoardCursor,
) {
  const { records, next, more } = await log.since(sequence, sinceLimits);
  const payload = await pages.of(pageName(sequence, next, records.length), records);
  return [visitForms.changes, next, more, payload];
}

async function composeStart({ log }: RelayContext, pages: PagePayloads) {
  const packs = await log.packs();
  const tailStart = packs[0]?.last ?? 0;
  const head = log.head();
  const { records, next, more } = await log.newest(newestLimits);
  const isTailWhole = !more || next <= tailStart + 1;
  const payload = await pages.of(`newest.${head}.${records.length}`, records);
  return [visitForms.start, manifestEntries(packs), tailStart, head, isTailWhole, payload];
}
