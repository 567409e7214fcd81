import type { ShortId } from '#core/reconcile/short-id.ts';
import type { RelaySequence } from '#core/types/ids.ts';

/** The power of two of members in a block. */
const blockBits = 14;
const placeMask = (1 << blockBits) - 1;

interface Block {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly sequences: Float64Array;
}

/**
 * Short ids and their records' positions, 16 bytes each in blocks: none is moved as more come, so a
 * million of them never take more than they are.
 */
export class MemberList {
  readonly #blocks: Block[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add({ high, low }: ShortId, sequence: RelaySequence): void {
    const place = this.#length & placeMask;
    const block = this.#blocks[this.#length >>> blockBits] ?? this.#addBlock();
    block.high[place] = high;
    block.low[place] = low;
    block.sequences[place] = sequence;
    this.#length++;
  }

  highAt(index: number): number {
    return this.#blocks[index >>> blockBits]?.high[index & placeMask] ?? 0;
  }

  lowAt(index: number): number {
    return this.#blocks[index >>> blockBits]?.low[index & placeMask] ?? 0;
  }

  sequenceAt(index: number): RelaySequence {
    const sequence = this.#blocks[index >>> blockBits]?.sequences[index & placeMask];
    return (sequence ?? 0) as RelaySequence;
  }

  #addBlock(): Block {
    const members = 1 << blockBits;
    const block = {
      high: new Uint32Array(members),
      low: new Uint32Array(members),
      sequences: new Float64Array(members),
    };
    this.#blocks.push(block);
    return block;
  }
}
