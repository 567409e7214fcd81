import 'fake-indexeddb/auto';
import { createSignatureVerifier } from '#crypto/signature-verifier.ts';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { encodeRecord } from '#core/records/record.ts';
import { checkRecord } from '#core/records/checked-record.ts';
import { dayOf, type Day } from '#core/types/day.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import { createRelayRow } from '#storage/relay-row.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import type { BoardCount, BoardSyncContext } from '#sync/board-context.ts';
import { isWorthComparing, showNewest, syncBoard, type BoardSyncReport } from '#sync/board-sync.ts';
import { RelayClient } from '#sync/relay-client.ts';
import type { RelayFault } from '#sync/relay-fault.ts';
import { syncStaticBoard } from '#sync/static-board.ts';

let visitors = 0;
const verify = await createSignatureVerifier();

/** A device's board alone: what an engine does with it in a visit, and nothing else. */
export class BoardVisitor {
  readonly name = `board-${++visitors}`;
  readonly progress: (BoardCount | null)[] = [];
  /** When records first won, as performance.now(), and how many. */
  readonly changes: { readonly atMs: number; readonly count: number }[] = [];
  /** What crossed the link as bodies. */
  bytes = { down: 0, up: 0 };
  requests = 0;
  today: Day = dayOf(Date.now());
  fetch: typeof fetch = fetch;
  paused = new AbortController();
  db = new WallflowerDatabase(this.name);

  /** Opens the stored board anew, as after a killed tab. */
  restart(): void {
    this.db.close();
    this.db = new WallflowerDatabase(this.name);
  }

  /** One visit to a relay, or to a board of files. */
  async visit(address: string, kind: 'relay' | 'static' = 'relay') {
    const origin = address as RelayOrigin;
    const client = new RelayClient(origin, {
      fetch: (input, init) => {
        this.requests++;
        // Browsers say so over TLS; Node's fetch leaves brotli out without it.
        const headers = { ...(init?.headers as object), 'accept-encoding': 'br, gzip' };
        return this.fetch(input, { ...init, headers });
      },
      countBytes: (direction, bytes) => {
        this.bytes[direction] += bytes;
      },
    });
    const context: BoardSyncContext = {
      db: this.db,
      client,
      verify,
      today: this.today,
      onChanged: (rows) => this.changes.push({ atMs: performance.now(), count: rows.length }),
      onProgress: (count) => this.progress.push(count),
      paused: () => this.paused.signal,
    };
    return kind === 'static' ? this.#visitFiles(context) : this.#visitRelay(context);
  }

  /** Every record that is held, by shortName, sorted. */
  async held(): Promise<readonly string[]> {
    const { board } = this.db;
    await board.openAll();
    const documents = board.documents.segments.flatMap((segment, place) =>
      segment === null
        ? []
        : [...segment.winning].flatMap((wins, local) =>
            wins === 1 ? [(place << 13) | local] : [],
          ),
    );
    const records = await board.readRecords(documents);
    return records
      .flatMap((bytes) => {
        const record = bytes && checkRecord(bytes);
        return record?.ok ? [shortName(encodeRecord(record.value))] : [];
      })
      .sort();
  }

  async #visitRelay(context: BoardSyncContext): Promise<Result<BoardSyncReport, RelayFault>> {
    const relay = await this.#row(context.client.origin, 'relay');
    const { epoch, sequence } = relay;
    if (epoch === null && (await isWorthComparing(context, relay))) {
      const info = await context.client.info();
      return info.ok ? syncBoard(context, relay, info.value.epoch, null) : info;
    }
    const visited = await context.client.visit(epoch === null ? null : { epoch, sequence });
    if (!visited.ok) return visited;
    const [info, board] = visited.value;
    await showNewest(context, board);
    return syncBoard(context, relay, info.epoch, board);
  }

  async #visitFiles(context: BoardSyncContext): Promise<Result<BoardSyncReport, RelayFault>> {
    await this.#row(context.client.origin, 'static');
    const manifest = await context.client.staticManifest();
    return manifest.ok ? syncStaticBoard(context, manifest.value) : manifest;
  }

  async #row(origin: RelayOrigin, kind: 'relay' | 'static') {
    const row = await this.db.relays.get(origin);
    if (row !== undefined) return row;
    const fresh = createRelayRow({ origin, kind, home: false, addedMs: 0 });
    await this.db.relays.add(fresh);
    return fresh;
  }
}

/** A record by its hash: short enough for a failed test to print. */
export function shortName(record: Uint8Array): string {
  return Buffer.from(sha256Bytes(record).subarray(0, 4)).toString('hex');
}

/** The value of a visit that must succeed. */
export function report(result: Result<BoardSyncReport, RelayFault>): BoardSyncReport {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return ok(result.value).value;
}
