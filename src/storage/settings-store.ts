import * as z from 'zod/mini';
import type { Bytes } from '#core/types/bytes.ts';
import type { WallflowerDatabase } from './database.ts';

const meterSchema = z.object({ down: z.number(), up: z.number() });
export type Meter = z.infer<typeof meterSchema>;

/** The stored vault header, or undefined while there is no vault. */
export async function readVaultHeader(db: WallflowerDatabase): Promise<Bytes | undefined> {
  const row = await db.settings.get('vault-header');
  return row?.value instanceof Uint8Array ? (row.value as Bytes) : undefined;
}

/** Keeps the vault header: salt, cost and two wrapped slots, none of them secret. */
export async function writeVaultHeader(db: WallflowerDatabase, header: Bytes): Promise<void> {
  await db.settings.put({ key: 'vault-header', value: header });
}

/** Bytes sent and received so far. */
export async function readMeter(db: WallflowerDatabase): Promise<Meter> {
  const parsed = meterSchema.safeParse((await db.settings.get('meter'))?.value);
  return parsed.success ? parsed.data : { down: 0, up: 0 };
}

/** Keeps the data meter. */
export async function writeMeter(db: WallflowerDatabase, meter: Meter): Promise<void> {
  await db.settings.put({ key: 'meter', value: meter });
}

/** When the board last came in whole, in milliseconds since 1970, or null for never. */
export async function readBoardAsOf(db: WallflowerDatabase): Promise<number | null> {
  const value = (await db.settings.get('board-as-of'))?.value;
  return typeof value === 'number' ? value : null;
}

/** Remembers that the board has just come in whole. */
export async function writeBoardAsOf(db: WallflowerDatabase, timeMs: number): Promise<void> {
  await db.settings.put({ key: 'board-as-of', value: timeMs });
}
