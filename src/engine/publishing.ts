import type { RelayOrigin } from '#core/types/ids.ts';
import type { RecordRow, RelayRow, WallflowerDatabase } from '#storage/database.ts';
import { createOutboxRow, type OutboxPurpose, type OutboxRow } from '#storage/outbox-row.ts';

/** The outbox rows that publish one record to every relay. */
export function publishRows(
  { address, bytes }: RecordRow,
  purpose: OutboxPurpose,
  chain: string,
  relays: readonly RelayOrigin[],
): readonly OutboxRow[] {
  return relays.map((relay) =>
    createOutboxRow({
      chain,
      purpose,
      relay,
      task: { kind: 'publish', address, record: bytes },
      sizeBytes: bytes.length,
      ref: null,
    }),
  );
}

/** The relays that this device uses, its own copy's first, then in the order in which they were added. */
export async function relayOrigins(db: WallflowerDatabase): Promise<readonly RelayOrigin[]> {
  return originsOf((await db.relays.toArray()).filter(({ kind }) => kind !== 'static'));
}

/** The same, and with them the boards that lie as files at some web host. */
export async function boardOrigins(db: WallflowerDatabase): Promise<readonly RelayOrigin[]> {
  return originsOf(await db.relays.toArray());
}

function originsOf(rows: readonly RelayRow[]): readonly RelayOrigin[] {
  return [...rows]
    .sort((a, b) => Number(b.home) - Number(a.home) || a.addedMs - b.addedMs)
    .map(({ origin }) => origin);
}
