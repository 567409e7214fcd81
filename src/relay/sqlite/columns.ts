import type { SQLOutputValue } from 'node:sqlite';
import type { Bytes } from '#core/types/bytes.ts';

/** A row as node:sqlite returns it. */
export type Row = Record<string, SQLOutputValue>;

/** Reads a row's columns by type; a column of another type is a bug and throws. */
export interface Columns {
  int(name: string): number;
  bytes(name: string): Bytes;
}

/** Typed access to a row that must be there. */
export function columnsOf(row: Row | undefined): Columns {
  if (row === undefined) throw new Error('a row that must be there is missing');
  return {
    int(name) {
      const value = row[name];
      if (typeof value !== 'number') throw new Error(`column ${name} is no number`);
      return value;
    },
    bytes(name) {
      const value = row[name];
      if (!(value instanceof Uint8Array)) throw new Error(`column ${name} is no blob`);
      return value as Bytes;
    },
  };
}
