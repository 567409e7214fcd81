import { findIn, hasAt, u16, u32 } from './bytes-at.ts';
import { inflate } from './inflate.ts';

/** One file in a ZIP file. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isLocked: boolean;
  readonly packedBytes: number;
  /** Where its local header stands. */
  readonly at: number;
  /** MS-DOS date, of the device it was packed on. */
  readonly date: number;
}

const endMark = 'PK\u0005\u0006';
const entryMark = 'PK\u0001\u0002';
const mostEntries = 5_000;
const mostNameBytes = 500;

/** The central directory (APPNOTE 4.3.12), as far as it can be followed. */
export function zipEntries(bytes: Uint8Array): readonly ZipEntry[] {
  const end = findLastEnd(bytes);
  if (end === -1) return [];
  const entries: ZipEntry[] = [];
  let at = u32(bytes, end + 16, true);
  while (entries.length < mostEntries && hasAt(bytes, at, entryMark)) {
    const nameBytes = u16(bytes, at + 28, true);
    const name = bytes.subarray(at + 46, at + 46 + Math.min(nameBytes, mostNameBytes));
    entries.push({
      name: new TextDecoder().decode(name),
      method: u16(bytes, at + 10, true),
      isLocked: (u16(bytes, at + 8, true) & 1) !== 0,
      packedBytes: u32(bytes, at + 20, true),
      at: u32(bytes, at + 42, true),
      date: u16(bytes, at + 14, true),
    });
    at += 46 + nameBytes + u16(bytes, at + 30, true) + u16(bytes, at + 32, true);
  }
  return entries;
}

/** What an entry unpacks to, at most so many bytes; null where it cannot be read. */
export async function readZipEntry(
  bytes: Uint8Array,
  { at, method, packedBytes, isLocked }: ZipEntry,
  mostBytes: number,
): Promise<Uint8Array | null> {
  if (isLocked) return null;
  const start = at + 30 + u16(bytes, at + 26, true) + u16(bytes, at + 28, true);
  const packed = bytes.subarray(start, start + packedBytes);
  if (method === 0) return packed.subarray(0, mostBytes);
  return method === 8 ? inflate(packed, 'deflate-raw', mostBytes) : null;
}

/** The end record stands within the last 65,557 bytes. */
function findLastEnd(bytes: Uint8Array): number {
  let found = -1;
  let at = findIn(bytes, endMark, Math.max(0, bytes.length - 65_557));
  for (; at !== -1; at = findIn(bytes, endMark, at + 1)) found = at;
  return found;
}
