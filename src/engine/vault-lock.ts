import type { EngineContext } from './engine-context.ts';

/** Forgets every key; what waits in the outbox still goes out. */
export function lockVault(context: EngineContext): Promise<void> {
  return context.exclusive(() => {
    context.vault?.close();
    context.vault = null;
    context.emit('vault');
    context.kick();
    return Promise.resolve();
  });
}
