import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { ConversationId, PersonaKey } from '#core/types/ids.ts';
import type { CryptoPort, RandomSource } from '#core/types/ports.ts';
import { openRow, sealRow } from '#crypto/sealed-rows.ts';
import type { RowKey } from '#crypto/vault-keys.ts';
import { dropFiles, keepFiles } from '#storage/blob-files.ts';
import { commitChange } from '#storage/commit.ts';
import type { RecordRow, SealedRow, WallflowerDatabase } from '#storage/database.ts';
import type { OutboxRow } from '#storage/outbox-row.ts';
import {
  decodeSealedValue,
  encodeSealedValue,
  type MessageValue,
  type PersonaValue,
  type SealedType,
  type SealedValue,
  type SealedValueOf,
} from './sealed-values.ts';

/** Name of the table, bound into every sealed row. */
const sealedTable = 'sealed';

/** One step of the unlocked engine, in the clear. */
export interface VaultChange {
  readonly put?: readonly SealedValue[];
  readonly remove?: readonly SealedValue[];
  readonly send?: readonly OutboxRow[];
  readonly settle?: readonly number[];
  readonly records?: readonly RecordRow[];
  /** A file whose ciphertext is written, and which one of the messages names. */
  readonly keepFile?: string;
}

/** The unlocked vault: every private value in memory, and the only way to change them. */
export class VaultSession {
  readonly crypto: CryptoPort;
  /** The day on which what is past its time was last let go of. */
  tidiedDay: Day | null = null;
  /** Queues at whose relay something was left that waits for the user's decision, by id as text. */
  readonly heldBack = new Set<string>();
  readonly #db: WallflowerDatabase;
  readonly #random: RandomSource;
  readonly #token: string;
  readonly #rowKey: RowKey;
  readonly #values = new Map<string, SealedValue>();
  readonly #messages = new Map<ConversationId, Map<string, MessageValue>>();

  private constructor(
    db: WallflowerDatabase,
    crypto: CryptoPort,
    random: RandomSource,
    token: string,
    rowKey: RowKey,
  ) {
    this.#db = db;
    this.crypto = crypto;
    this.#random = random;
    this.#token = token;
    this.#rowKey = rowKey;
  }

  /** Opens every row that the key opens; the rest is filler or belongs to the other slot. */
  static async open(
    db: WallflowerDatabase,
    crypto: CryptoPort,
    random: RandomSource,
    token: string,
    rowKey: RowKey,
  ): Promise<VaultSession> {
    const session = new VaultSession(db, crypto, random, token, rowKey);
    for (const row of await db.sealed.toArray()) {
      const opened = openRow(crypto, rowKey, sealedTable, row.id, row.bytes);
      if (!opened.ok) continue;
      const value = decodeSealedValue(opened.value);
      crypto.wipe(opened.value);
      if (value.ok) session.#remember(value.value);
    }
    return session;
  }

  /** Commits a step in one transaction; memory follows only when it is durable. */
  async commit(change: VaultChange): Promise<void> {
    const seal = (change.put ?? []).map((value) => this.#seal(value));
    const unseal = (change.remove ?? []).map(({ id }) => id);
    await commitChange(this.#db, this.#token, {
      seal,
      unseal,
      alongside: this.#fileChange(change),
      ...(change.send === undefined ? {} : { send: change.send }),
      ...(change.settle === undefined ? {} : { settle: change.settle }),
      ...(change.records === undefined ? {} : { records: change.records }),
    });
    for (const value of change.remove ?? []) this.#forget(value);
    for (const value of change.put ?? []) this.#remember(value);
  }

  /** All values of one type, in the order in which they were stored. */
  all<T extends SealedType>(type: T): readonly SealedValueOf<T>[] {
    const found: SealedValueOf<T>[] = [];
    for (const value of this.#values.values()) {
      if (value.type === type) found.push(value as SealedValueOf<T>);
    }
    return found;
  }

  /** Every value, in the order in which they were stored. */
  values(): readonly SealedValue[] {
    return [...this.#values.values()];
  }

  /** One value by its id, if it is of that type. */
  get<T extends SealedType>(type: T, id: string): SealedValueOf<T> | undefined {
    const value = this.#values.get(id);
    return value?.type === type ? (value as SealedValueOf<T>) : undefined;
  }

  /** The persona with this key, if it is one of mine. */
  persona(key: PersonaKey): PersonaValue | undefined {
    return this.all('persona').find((persona) => equalBytes(persona.key, key));
  }

  /** The messages of a conversation, in the order in which this device wrote or saw them. */
  messagesOf(conversation: ConversationId): readonly MessageValue[] {
    return [...(this.#messages.get(conversation)?.values() ?? [])].sort((a, b) => a.atMs - b.atMs);
  }

  /** How many messages nobody has looked at yet, in conversations that the user wants to hear of. */
  countUnread(): number {
    return this.all('conversation').reduce((total, { unread, stage, blocked, muted }) => {
      const isHeard = stage !== 'asked' && !blocked && !muted;
      return isHeard ? total + unread : total;
    }, 0);
  }

  /** How many strangers wait for a decision. */
  countAsked(): number {
    return this.all('conversation').filter(({ stage, blocked }) => stage === 'asked' && !blocked)
      .length;
  }

  /** A random id for a row: 16 bytes as base64url. */
  newId(): string {
    return bytesToBase64Url(this.#random(16));
  }

  /** Wipes what JavaScript allows to wipe; the session must not be used again. */
  close(): void {
    for (const value of this.#values.values()) {
      for (const field of Object.values(value)) {
        if (field instanceof Uint8Array) this.crypto.wipe(field);
      }
      if (value.type === 'message') this.crypto.wipe(value.attachment?.key ?? new Uint8Array(0));
    }
    this.crypto.wipe(this.#rowKey);
    this.#values.clear();
    this.#messages.clear();
  }

  /** Files go with the message that names them. */
  #fileChange({ remove, keepFile }: VaultChange): (() => Promise<void>) | undefined {
    const gone = (remove ?? []).flatMap((value) =>
      value.type === 'message' && value.attachment !== undefined ? [value.attachment.file] : [],
    );
    if (gone.length === 0 && keepFile === undefined) return undefined;
    return async () => {
      await dropFiles(this.#db, gone);
      if (keepFile !== undefined) await keepFiles(this.#db, [keepFile]);
    };
  }

  #seal(value: SealedValue): SealedRow {
    const plaintext = encodeSealedValue(value);
    const bytes = sealRow(
      this.crypto,
      this.#random,
      this.#rowKey,
      sealedTable,
      value.id,
      plaintext,
    );
    this.crypto.wipe(plaintext);
    return { id: value.id, bytes };
  }

  #remember(value: SealedValue): void {
    this.#values.set(value.id, value);
    if (value.type !== 'message') return;
    const siblings = this.#messages.get(value.conversation) ?? new Map<string, MessageValue>();
    siblings.set(value.id, value);
    this.#messages.set(value.conversation, siblings);
  }

  #forget(value: SealedValue): void {
    this.#values.delete(value.id);
    if (value.type === 'message') this.#messages.get(value.conversation)?.delete(value.id);
    if (value.type === 'conversation') this.#messages.delete(value.id);
  }
}
