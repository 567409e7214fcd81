import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import type { WhatMatters } from '#storage/board-room.ts';
import { readVaultHeader } from '#storage/settings-store.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import type { EngineContext } from './engine-context.ts';

/** What came in may lie in small pieces for so long before they are put together. */
const tidyDelayMs = 2_000;

/** What must stay when room runs out; null while a locked vault keeps that to itself. */
export async function whatMatters(context: EngineContext): Promise<WhatMatters | null> {
  const { vault, db } = context;
  const charter = context.charter.key === null ? [] : [context.charter.key];
  if (vault === null) {
    return (await readVaultHeader(db)) === undefined ? { authors: charter, addresses: [] } : null;
  }
  const saved = vault.all('saved').flatMap(({ address }) => {
    const bytes = base64UrlToBytes(address);
    return bytes.ok ? [bytes.value] : [];
  });
  return {
    authors: [
      ...charter,
      ...vault.all('persona').map(({ key }) => key),
      ...vault.all('conversation').map(({ peer }) => peer),
    ],
    addresses: [...saved, ...vault.all('conversation').map(({ about }) => about)],
  };
}

/** Puts the board's tables in order a little later, once for many changes. */
export function createTidying(context: EngineContext): {
  readonly soon: () => void;
  readonly stop: () => void;
} {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  const run = async () => {
    try {
      const { tidyBoard } = await import('#storage/board-compaction.ts');
      await tidyBoard(context.db, context.token);
      const { full, keepFrom } = context.db.board.limits;
      if (full || keepFrom > 0) await (await import('./board-return.ts')).takeBackRoom(context);
      if ((context.vault?.all('search').length ?? 0) > 0) context.emit('searches');
    } catch (cause) {
      // A full, closed or lost disk: what was there is there, and the next time comes.
      if (storageFaultOf(cause) === undefined) throw cause;
    }
  };
  return {
    soon: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        running = (running ?? Promise.resolve()).then(run).finally(() => (running = null));
      }, tidyDelayMs);
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}
