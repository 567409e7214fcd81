import { Dexie, type EntityTable, type Table } from 'dexie';
import type { Postings } from '#core/search/postings.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type {
  PersonaKey,
  PersonaKeyText,
  RecordAddressText,
  RecordId,
  RelayEpoch,
  RelayOrigin,
  RelaySequence,
} from '#core/types/ids.ts';
import { Ballast } from './ballast.ts';
import type { SegmentRow } from './board-segment.ts';
import { BoardStore } from './board-store.ts';
import type { FileRow, PieceRow } from './blob-files.ts';
import type { OutboxRow } from './outbox-row.ts';

/** The winning record at an address: public bytes, verified before they are stored. */
export interface RecordRow {
  readonly address: RecordAddressText;
  readonly author: PersonaKeyText;
  readonly kind: number;
  readonly rev: number;
  readonly id: RecordId;
  readonly day: Day;
  readonly until: Day;
  /** The record as it is sent. */
  readonly bytes: Bytes;
}

/** What is remembered of an address after its record has expired: protocol.md, "Records". */
export interface FloorRow {
  readonly address: RecordAddressText;
  readonly rev: number;
  readonly id: RecordId;
  readonly until: Day;
}

/** A relay that this device uses, and how far its log has been read. */
export interface RelayRow {
  readonly origin: RelayOrigin;
  readonly home: boolean;
  readonly demo: boolean;
  readonly addedMs: number;
  readonly epoch: RelayEpoch | null;
  readonly sequence: RelaySequence;
  /** Names of the packs of its last manifest that have been taken in. */
  readonly heldPacks: readonly string[];
  /** Visits in a row that brought records which do not prove themselves; the cursor waited before them. */
  readonly damagedReads: number;
  readonly lastContactMs: number | null;
  /** Relay's clock minus this device's, at the last contact. */
  readonly clockOffsetMs: number;
  /** Who signs its charter, as it said last. */
  readonly charter?: PersonaKey | null;
  readonly trouble: string | null;
  readonly reachable: boolean;
  /** A board of files at some web host takes no mail; absent in rows of version 1, which are relays. */
  readonly kind?: 'relay' | 'static';
  /** Records below what was held that this relay has sent after its cursor; the first bytes of their ids. */
  readonly staleIds?: readonly string[];
}

/** A private row: ciphertext under a random id that says nothing. */
export interface SealedRow {
  readonly id: string;
  readonly bytes: Bytes;
}

/** A piece of a pack that has not come whole yet, so that no byte of it is fetched twice. */
export interface PackPartRow {
  /** The pack's hash in hexadecimal. */
  readonly pack: string;
  readonly offset: number;
  readonly bytes: Bytes;
}

/** A value that is not secret: data meter, time of the last sync, which tab leads. */
export interface SettingRow {
  readonly key:
    | 'vault-header'
    | 'leader'
    | 'meter'
    | 'board-as-of'
    | 'board-paused'
    | 'clock-confirmed'
    | 'board-limits'
    | 'link-speed'
    | 'charter';
  readonly value: unknown;
}

/** Everything this device keeps. */
export class WallflowerDatabase extends Dexie {
  /** Version 1 kept a row a record; what is found there moves into segments. */
  declare readonly records: EntityTable<RecordRow, 'address'>;
  declare readonly floors: EntityTable<FloorRow, 'address'>;
  /** Columns of up to 8,192 records; docs/decisions/0090. */
  declare readonly segments: Table<SegmentRow, number>;
  /** The words of each segment, by the segment's id. */
  declare readonly postings: Table<Postings, number>;
  /** The records themselves, some to a value: board-chunk.ts. */
  declare readonly chunks: Table<Bytes, number>;
  declare readonly packParts: Table<PackPartRow, [string, number]>;
  declare readonly relays: EntityTable<RelayRow, 'origin'>;
  declare readonly outbox: Table<OutboxRow, number>;
  declare readonly sealed: EntityTable<SealedRow, 'id'>;
  declare readonly settings: EntityTable<SettingRow, 'key'>;
  declare readonly files: EntityTable<FileRow, 'id'>;
  /** Ciphertext of files, by file and offset. */
  declare readonly pieces: Table<PieceRow, [string, number]>;
  /** The board's tables, and what of them is held in memory. */
  readonly board: BoardStore = new BoardStore(this);
  /** What the start of a full device falls back on; to be laid before anything is read. */
  readonly ballast = new Ballast();
  /** Where the engine on it reads only so far: what the mark of the leader says until it sets its own. */
  leadToTake: { readonly from: unknown } | null = null;

  constructor(name = 'wallflower') {
    super(name);
    this.version(1).stores({
      records: 'address, until',
      floors: 'address, until',
      relays: 'origin',
      outbox: '++id, state',
      sealed: 'id',
      settings: 'key',
    });
    this.version(2).stores({
      packParts: '[pack+offset]',
      files: 'id',
      pieces: '[file+offset]',
      segments: '++id, newestDay',
      postings: '',
      chunks: '',
    });
  }
}
