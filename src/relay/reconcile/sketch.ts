import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  emptySymbols,
  encodeSymbols,
  toggleMember,
  type CodedSymbols,
} from '#core/reconcile/coded-symbols.ts';
import { createShortIds, shortIdKey } from '#core/reconcile/short-id.ts';
import { maxSymbols, shortIdBytes } from '#core/reconcile/sizes.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { RelaySequence } from '#core/types/ids.ts';
import type { RelayLog } from '../log-port.ts';
import { MemberList } from './member-list.ts';

/** Members read, and members worked into symbols, between two turns of the event loop: some milliseconds each. */
const readSlice = 1_000;
const slice = 4_000;
/** Symbols are worked out for so many, then for so many more, as visitors ask. */
const growth = [1_024, 8_192, maxSymbols] as const;

/** The log's records at one moment, as reconciliation sees them: protocol.md, "Reconciling". */
export class Sketch {
  readonly salt: Bytes;
  readonly sequence: RelaySequence;
  readonly drawnMs: number;
  readonly #members: MemberList;
  #symbols: Promise<CodedSymbols> = Promise.resolve(emptySymbols(0));

  private constructor(salt: Bytes, sequence: RelaySequence, drawnMs: number, members: MemberList) {
    this.salt = salt;
    this.sequence = sequence;
    this.drawnMs = drawnMs;
    this.#members = members;
  }

  get total(): number {
    return this.#members.length;
  }

  /** Reads all ids once, in slices, so that calls are answered in between. */
  static async draw(log: RelayLog, salt: Bytes, nowMs: number): Promise<Sketch> {
    const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'buffer');
    const shortIdOf = createShortIds(salt, sha256);
    const head = log.head();
    const members = new MemberList();
    for (let after = 0 as RelaySequence; after < head;) {
      const ids = await log.listedIds(after, readSlice);
      const last = ids.at(-1);
      if (last === undefined) break;
      for (const { id, sequence } of ids) {
        if (sequence > head) break;
        members.add(shortIdOf(id), sequence);
      }
      after = last.sequence;
      await nextTurn();
    }
    return new Sketch(salt, head, nowMs, members);
  }

  /** Symbols from one to before another, as they are sent; at most maxSymbols in all. */
  async symbols(from: number, to: number): Promise<Bytes> {
    const wanted = growth.find((count) => count >= to) ?? maxSymbols;
    this.#symbols = this.#symbols.then((known) =>
      known.high.length >= wanted ? known : this.#encode(wanted),
    );
    return encodeSymbols(await this.#symbols, from, Math.min(to, maxSymbols));
  }

  /** Positions of the members with these short ids. */
  positionsOf(shortIds: Bytes): readonly RelaySequence[] {
    const view = new DataView(shortIds.buffer, shortIds.byteOffset, shortIds.length);
    const wanted = new Map<number, Set<bigint>>();
    for (let at = 0; at + shortIdBytes <= shortIds.length; at += shortIdBytes) {
      const low = view.getUint32(at + 4);
      const keys = wanted.get(low) ?? new Set();
      wanted.set(low, keys.add(view.getBigUint64(at)));
    }
    // Of a million members most are passed over by their first bits.
    const isNear = new Uint8Array(0x1_0000);
    for (const low of wanted.keys()) isNear[low >>> 16] = 1;
    const found: RelaySequence[] = [];
    for (let index = 0; index < this.total; index++) {
      const low = this.#members.lowAt(index);
      if (isNear[low >>> 16] === 0) continue;
      const keys = wanted.get(low);
      if (keys?.has(shortIdKey({ high: this.#members.highAt(index), low })) !== true) continue;
      found.push(this.#members.sequenceAt(index));
    }
    return found;
  }

  async #encode(count: number): Promise<CodedSymbols> {
    const symbols = emptySymbols(count);
    for (let index = 0; index < this.total; index++) {
      toggleMember(symbols, {
        high: this.#members.highAt(index),
        low: this.#members.lowAt(index),
      });
      if (index % slice === slice - 1) await nextTurn();
    }
    return symbols;
  }
}
