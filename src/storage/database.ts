import { Dexie, type EntityTable, type Table } from 'dexie';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type {
  PersonaKeyText,
  RecordAddressText,
  RecordId,
  RelayEpoch,
  RelayOrigin,
  RelaySequence,
} from '#core/types/ids.ts';
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
  /** Names of the packs that a first sync has taken in so far; empty once it is through. */
  readonly heldPacks: readonly string[];
  /** Visits in a row that brought records which do not prove themselves; the cursor waited before them. */
  readonly damagedReads: number;
  readonly lastContactMs: number | null;
  /** Relay's clock minus this device's, at the last contact. */
  readonly clockOffsetMs: number;
  readonly trouble: string | null;
  readonly reachable: boolean;
}

/** A private row: ciphertext under a random id that says nothing. */
export interface SealedRow {
  readonly id: string;
  readonly bytes: Bytes;
}

/** A value that is not secret: data meter, time of the last sync, which tab leads. */
export interface SettingRow {
  readonly key: 'vault-header' | 'leader' | 'meter' | 'board-as-of' | 'clock-confirmed';
  readonly value: unknown;
}

/** Everything this device keeps. */
export class WallflowerDatabase extends Dexie {
  declare readonly records: EntityTable<RecordRow, 'address'>;
  declare readonly floors: EntityTable<FloorRow, 'address'>;
  declare readonly relays: EntityTable<RelayRow, 'origin'>;
  declare readonly outbox: Table<OutboxRow, number>;
  declare readonly sealed: EntityTable<SealedRow, 'id'>;
  declare readonly settings: EntityTable<SettingRow, 'key'>;

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
  }
}
