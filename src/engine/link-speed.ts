import * as z from 'zod/mini';
import type { WallflowerDatabase } from '#storage/database.ts';

/** What the last parts of files took: [bytes, milliseconds], newest last. */
const samples = z.array(z.tuple([z.number(), z.number()]));
const linkSpeedSchema = z.object({ up: samples, down: samples });
export type LinkSpeed = z.infer<typeof linkSpeedSchema>;

/** So many parts tell how fast the link is now; older ones are forgotten. */
const maxSamples = 12;

/** What is known of the link's speed. */
export async function readLinkSpeed(db: WallflowerDatabase): Promise<LinkSpeed> {
  const parsed = linkSpeedSchema.safeParse((await db.settings.get('link-speed'))?.value);
  return parsed.success ? parsed.data : { up: [], down: [] };
}

/** Keeps what is known of the link's speed. */
export async function writeLinkSpeed(db: WallflowerDatabase, value: LinkSpeed): Promise<void> {
  await db.settings.put({ key: 'link-speed', value });
}

/** Adds one part that has crossed. */
export function withSample(
  speed: LinkSpeed,
  direction: 'up' | 'down',
  bytes: number,
  durationMs: number,
): LinkSpeed {
  if (bytes === 0 || durationMs <= 0) return speed;
  const kept = [...speed[direction], [bytes, durationMs] as [number, number]].slice(-maxSamples);
  return { ...speed, [direction]: kept };
}

/** Bytes a second over the last parts; those of the other direction where there are none; null for unknown. */
export function bytesPerSecond(speed: LinkSpeed, direction: 'up' | 'down'): number | null {
  const other = direction === 'up' ? 'down' : 'up';
  const parts = speed[direction].length > 0 ? speed[direction] : speed[other];
  if (parts.length === 0) return null;
  const bytes = parts.reduce((total, [size]) => total + size, 0);
  const durationMs = parts.reduce((total, [, ms]) => total + ms, 0);
  return (bytes * 1_000) / durationMs;
}
