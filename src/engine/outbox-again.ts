import { ok } from '#core/types/result.ts';
import type { Outcome } from './api/outcome.ts';
import { engineError, runStep, type EngineContext } from './engine-context.ts';

/** Puts something that a relay refused back among what waits; `not-found` where it was not refused. */
export function sendAgain(context: EngineContext, id: string): Outcome<void> {
  return runStep(context, async () => {
    const { outbox } = context.db;
    const row = await outbox.get(Number(id));
    if (row?.state !== 'refused' || row.task.kind !== 'publish') return engineError('not-found');
    await outbox.update(Number(id), { state: 'waiting', attempts: 0, notBeforeMs: 0 });
    context.emit('network');
    context.emit('board');
    context.kick();
    return ok(undefined);
  });
}
