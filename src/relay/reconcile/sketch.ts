import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  emptySymbols,
  encodeSymbols,
  maxSymbols,
  toggleMember,
  type CodedSymbols,
} from '#core/reconcile/coded-symbols.ts';
import { createShortIds, shortIdBytes, shortIdKey } from '#core/reconcile/short-id.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { RelaySequence } from '#core/types/ids.ts';
import type { RelayLog } from '../log-port.ts';

/** Members between two turns of the event loop: some ten milliseconds. */
const slice = 4_000;
/** Symbols are worked out for so many, then for so many more, as visitors ask. */
const growth = [1_024, 8_192, maxSymbols] as const;

/** The log's records at one moment, as reconciliation sees them: protocol.md, "Reconciling". */
export class Sketch {
  readonly salt: Bytes;
  readonly sequence: RelaySequence;
  readonly drawnMs: number;
  readonly total: number;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #sequences: Float64Array;
  #symbols: Promise<CodedSymbols> = Promise.resolve(emptySymbols(0));

  private constructor(
    salt: Bytes,
    sequence: RelaySequence,
    drawnMs: number,
    members: readonly [Uint32Array, Uint32Array, Float64Array],
  ) {
    this.salt = salt;
    this.sequence = sequence;
    this.drawnMs = drawnMs;
    [this.#high, this.#low, this.#sequences] = members;
    this.total = this.#high.length;
  }

  /** Reads all ids once, in slices, so that calls are answered in between. */
  static async draw(log: RelayLog, salt: Bytes, nowMs: number): Promise<Sketch> {
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
    const shortIdOf = createShortIds(salt, sha256);
    const head = log.head();
    const parts: (readonly [number, number, number])[][] = [];
    for (let after = 0 as RelaySequence; after < head;) {
      const ids = await log.listedIds(after, slice);
      const last = ids.at(-1);
      if (last === undefined) break;
      parts.push(
        ids.flatMap(({ id, sequence }) => {
          if (sequence > head) return [];
          const { high, low } = shortIdOf(id);
          return [[high, low, sequence] as const];
        }),
      );
      after = last.sequence;
      await nextTurn();
    }
    const members = parts.flat();
    return new Sketch(salt, head, nowMs, [
      Uint32Array.from(members, ([high]) => high),
      Uint32Array.from(members, ([, low]) => low),
      Float64Array.from(members, ([, , sequence]) => sequence),
    ]);
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
    const found: RelaySequence[] = [];
    for (const [index, low] of this.#low.entries()) {
      const keys = wanted.get(low);
      if (keys?.has(shortIdKey({ high: this.#high[index] ?? 0, low })) !== true) continue;
      found.push((this.#sequences[index] ?? 0) as RelaySequence);
    }
    return found;
  }

  async #encode(count: number): Promise<CodedSymbols> {
    const symbols = emptySymbols(count);
    for (let index = 0; index < this.total; index++) {
      toggleMember(symbols, { high: this.#high[index] ?? 0, low: this.#low[index] ?? 0 });
      if (index % slice === slice - 1) await nextTurn();
    }
    return symbols;
  }
}
