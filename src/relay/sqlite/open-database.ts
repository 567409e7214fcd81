import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { copyBytes, type Bytes } from '#core/types/bytes.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { columnsOf } from './columns.ts';
import { migrations } from './schema.ts';

/** Why a data folder cannot be used. */
export interface DataFolderFault {
  readonly code: 'folder-in-use' | 'folder-unusable' | 'newer-version';
  readonly message: string;
}

/** An open database that no other relay has open. */
export interface OpenDatabase {
  readonly db: DatabaseSync;
  readonly epoch: Bytes;
  readonly challengeSecret: Bytes;
  close(): void;
}

const busyTimeoutMs = 5_000;
/** 32 MiB, negative for KiB: a million records stay within the figure for memory. */
const cacheKib = -32_768;
const checkpointPages = 2_000;

/** Opens (or creates) the database of a data folder and brings it to the newest version. */
export function openDatabase(folder: string): Result<OpenDatabase, DataFolderFault> {
  const opened: DatabaseSync[] = [];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = new DatabaseSync(join(folder, 'relay.lock'));
    opened.push(lock);
    if (!takeLock(lock)) {
      lock.close();
      return fail({ code: 'folder-in-use', message: 'another relay is running on this folder' });
    }
    const db = new DatabaseSync(join(folder, 'relay.db'), { timeout: busyTimeoutMs });
    opened.push(db);
    setUp(db);
    if (!migrate(db)) {
      closeAll(opened);
      return fail({ code: 'newer-version', message: 'a newer relay has written this folder' });
    }
    const epoch = drawOnce(db, 'epoch', 16);
    const challengeSecret = drawOnce(db, 'challenge-secret', 32);
    return ok({
      db,
      epoch,
      challengeSecret,
      close: () => {
        closeAll(opened);
      },
    });
  } catch (error) {
    closeAll(opened);
    const message = error instanceof Error ? error.message : 'unknown reason';
    return fail({ code: 'folder-unusable', message });
  }
}

/** An exclusive transaction that is never ended: the system lets go of it when the process dies. */
function takeLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    return true;
  } catch {
    return false;
  }
}

function setUp(db: DatabaseSync): void {
  // auto_vacuum counts only before the first table is made.
  db.exec('PRAGMA auto_vacuum = INCREMENTAL');
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA secure_delete = ON');
  db.exec('PRAGMA temp_store = MEMORY');
  db.exec(`PRAGMA cache_size = ${cacheKib}`);
  db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
}

function migrate(db: DatabaseSync): boolean {
  const version = columnsOf(db.prepare('PRAGMA user_version').get()).int('user_version');
  if (version > migrations.length) return false;
  for (let from = version; from < migrations.length; from++) {
    db.exec(`BEGIN IMMEDIATE; ${migrations[from] ?? ''} PRAGMA user_version = ${from + 1}; COMMIT`);
  }
  return true;
}

function drawOnce(db: DatabaseSync, name: string, length: number): Bytes {
  db.prepare('INSERT OR IGNORE INTO facts (name, value) VALUES (?, ?)').run(
    name,
    copyBytes(randomBytes(length)),
  );
  return columnsOf(db.prepare('SELECT value FROM facts WHERE name = ?').get(name)).bytes('value');
}

function closeAll(databases: readonly DatabaseSync[]): void {
  for (const database of databases) {
    if (database.isOpen) database.close();
  }
}
