import type { ConversationId } from '#core/types/ids.ts';
import type { OutboxRow } from '#storage/outbox-row.ts';
import type { EngineContext } from './engine-context.ts';
import type { MessageValue } from './sealed-values.ts';
import type { VaultChange } from './vault-session.ts';

/** A row of the outbox with its number. */
export interface StoredOutboxRow extends OutboxRow {
  readonly id: number;
}

/** What still waits in the outbox for one conversation, oldest first. */
export async function waitingRows(
  { db }: EngineContext,
  conversation: ConversationId,
): Promise<readonly StoredOutboxRow[]> {
  const waiting = await db.outbox.where('state').equals('waiting').sortBy('id');
  return waiting.flatMap((row) =>
    row.chain === conversation && row.id !== undefined ? [{ ...row, id: row.id }] : [],
  );
}

/** What still waits of the files of some messages: each file has a chain of its own, with its message in it. */
export async function fileRows(
  { db }: EngineContext,
  messages: readonly MessageValue[],
): Promise<readonly StoredOutboxRow[]> {
  const files = new Set(messages.flatMap(({ attachment }) => attachment?.file ?? []));
  if (files.size === 0) return [];
  const waiting = await db.outbox.where('state').equals('waiting').sortBy('id');
  return waiting.flatMap((row) =>
    files.has(row.chain) && row.id !== undefined ? [{ ...row, id: row.id }] : [],
  );
}

/** Puts rows back into the outbox, changed and in the same order, in one step. */
export function replaceRows(
  rows: readonly StoredOutboxRow[],
  change: (row: OutboxRow) => OutboxRow,
): Required<Pick<VaultChange, 'settle' | 'send'>> {
  return {
    settle: rows.map(({ id }) => id),
    send: rows.map(({ id: _, ...row }) => change(row)),
  };
}

/** Several changes as one; later values of the same row win. */
export function joinChanges(...changes: readonly VaultChange[]): VaultChange {
  const keepFile = changes.find((change) => change.keepFile !== undefined)?.keepFile;
  return {
    ...(keepFile === undefined ? {} : { keepFile }),
    put: changes.flatMap(({ put }) => put ?? []),
    remove: changes.flatMap(({ remove }) => remove ?? []),
    send: changes.flatMap(({ send }) => send ?? []),
    settle: changes.flatMap(({ settle }) => settle ?? []),
    records: changes.flatMap(({ records }) => records ?? []),
  };
}
