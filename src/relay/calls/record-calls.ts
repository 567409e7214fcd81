import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import { dayOf } from '#core/types/day.ts';
import type { RecordAddress, RecordId } from '#core/types/ids.ts';
import { recordVerdicts, type RecordVerdict } from '#sync/wire/codes.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { cborSequenceType, cborType } from '#sync/wire/media-type.ts';
import { refusedClaims } from '../charter/refused-claims.ts';
import { asBuffer, bodyBytes, sendPlainCbor } from '../http/answers.ts';
import { createBudget } from '../http/budget.ts';
import { CallError } from '../http/errors.ts';
import type { MergeOutcome } from '../log-port.ts';
import type { RelayContext } from '../relay-context.ts';
import type { ProvedCheck, RecordCheck } from '../workers/jobs.ts';
import { parameterOf, type Call } from './call.ts';

interface Judged {
  readonly id: RecordId | null;
  readonly verdict: RecordVerdict;
}

/** POST /v1/records and GET /v1/records/<address>. */
export function recordCalls(context: RelayContext): readonly Call[] {
  const { log, workers, clock, config, addressKeys } = context;
  const budget = createBudget(config.recordsPerMinute, clock);
  return [
    {
      method: 'POST',
      path: '/records',
      maxBodyBytes: wireLimits.postBytes,
      bodyType: cborSequenceType,
      async answer(request, reply) {
        if (context.isFull()) throw new CallError('overloaded');
        const post = await workers.checkPost(bodyBytes(request), dayOf(clock()));
        if (post.code !== 'checked') throw new CallError(post.code);
        const granted = budget.take(addressKeys.keyOf(request.ip), post.records.length);
        const judged = await judge(context, post.records, granted);
        return sendPlainCbor(
          reply,
          judged.map(({ id, verdict }) => [id, recordVerdicts[verdict]]),
        );
      },
    },
    {
      method: 'GET',
      path: '/records/:address',
      async answer(request, reply) {
        const address = base64UrlToBytes(parameterOf(request, 'address'));
        if (!address.ok || address.value.length !== 32) throw new CallError('malformed');
        const record = await log.recordAt(address.value as RecordAddress);
        if (record === undefined) throw new CallError('not-found');
        return reply.type(cborType).header('cache-control', 'no-store').send(asBuffer(record));
      },
    },
  ];
}

async function judge(
  context: RelayContext,
  checks: readonly RecordCheck[],
  granted: number,
): Promise<readonly Judged[]> {
  const proved = checks.slice(0, granted).filter((check) => 'proved' in check);
  const refused = await refusedClaims(context, proved);
  const admitted = proved.filter((check) => !refused.has(check));
  const outcomes = await publish(context, admitted);
  let next = 0;
  return checks.map((check, index) => {
    if (!('proved' in check)) return check;
    const { id } = check.proved;
    if (index >= granted) return { id, verdict: 'rate-limited' };
    if (refused.has(check)) return { id, verdict: 'not-a-steward' };
    const outcome = outcomes[next++];
    if (outcome === undefined) throw new Error('the log left out an outcome');
    return { id, verdict: outcome };
  });
}

async function publish(
  { log, charter }: RelayContext,
  admitted: readonly ProvedCheck[],
): Promise<readonly MergeOutcome[]> {
  if (admitted.length === 0) return [];
  const outcomes = await log.publish(admitted.map(({ proved }) => proved));
  if (admitted.some(({ claim }) => claim?.kind === 'charter')) await charter?.reread();
  return outcomes;
}
