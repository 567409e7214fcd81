const firstTerms = 4_096;
const firstUnits = 32_768;
/** Ranges up to this size are sorted by insertion. */
const smallRange = 12;
/** So many terms are moved before others may run. */
const termsPerStep = 32_768;

/**
 * Terms by number, as UTF-16 code units in one pool: no string is made of a word in order to find
 * it. Open addressing; the hash has a secret, so that nobody writes words that all share a place.
 */
export class TermTable {
  readonly #secret: number;
  #units = new Uint16Array(firstUnits);
  /** By the term's number: where its units end. */
  #ends = new Uint32Array(firstTerms);
  #hashes = new Uint32Array(firstTerms);
  #places = new Uint32Array(firstTerms * 2);
  #size = 0;

  /** A secret is 32 bits that writers of words do not know. */
  constructor(secret: number) {
    this.#secret = secret | 1;
  }

  get size(): number {
    return this.#size;
  }

  /** All terms, one after another. */
  get units(): Uint16Array<ArrayBuffer> {
    return this.#units;
  }

  startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
  }

  endOf(number: number): number {
    return this.#ends[number] ?? 0;
  }

  /** The number of a term, the next one where it is new. */
  numberOf(units: Uint16Array, length: number): number {
    const hash = this.#hashOf(units, length);
    const places = this.#places;
    const mask = places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const held = places[place] ?? 0;
      if (held === 0) {
        places[place] = this.#size + 1;
        return this.#add(units, length, hash);
      }
      const number = held - 1;
      if (this.#hashes[number] === hash && this.#isTerm(number, units, length)) return number;
    }
  }

  #hashOf(units: Uint16Array, length: number): number {
    let hash = length;
    for (let at = 0; at < length; at++) {
      hash = (Math.imul(hash, this.#secret) + (units[at] ?? 0)) | 0;
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  #isTerm(number: number, units: Uint16Array, length: number): boolean {
    const start = this.startOf(number);
    if (this.endOf(number) - start !== length) return false;
    for (let at = 0; at < length; at++) if (this.#units[start + at] !== units[at]) return false;
    return true;
  }

  #add(units: Uint16Array, length: number, hash: number): number {
    const number = this.#size++;
    const start = this.startOf(number);
    if (start + length > this.#units.length) {
      const larger = new Uint16Array(this.#units.length * 2);
      larger.set(this.#units);
      this.#units = larger;
    }
    for (let at = 0; at < length; at++) this.#units[start + at] = units[at] ?? 0;
    this.#ends[number] = start + length;
    this.#hashes[number] = hash;
    if (this.#size === this.#ends.length) this.#grow();
    return number;
  }

  #grow(): void {
    const terms = this.#ends.length * 2;
    const ends = new Uint32Array(terms);
    ends.set(this.#ends);
    const hashes = new Uint32Array(terms);
    hashes.set(this.#hashes);
    const places = new Uint32Array(terms * 2);
    const mask = places.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let place = (hashes[number] ?? 0) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = number + 1;
    }
    this.#ends = ends;
    this.#hashes = hashes;
    this.#places = places;
  }

  /** The terms' numbers by code units, a shorter beginning first; yields now and then so that others may run. */
  *sorted(): Generator<undefined, Uint32Array<ArrayBuffer>> {
    const numbers = Uint32Array.from({ length: this.#size }, (_, number) => number);
    // Multikey quicksort: each range shares its first `depth` units.
    const ranges: [from: number, to: number, depth: number][] = [[0, this.#size, 0]];
    let moved = 0;
    for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
      const [from, to, depth] = range;
      if (to - from <= smallRange) {
        this.#sortByInsertion(numbers, from, to, depth);
        continue;
      }
      const pivot = this.#unitAt(numbers[(from + to) >>> 1] ?? 0, depth);
      let low = from;
      let high = to;
      for (let at = from; at < high;) {
        const number = numbers[at] ?? 0;
        const unit = this.#unitAt(number, depth);
        if (unit === pivot) at++;
        else if (unit < pivot) {
          numbers[at++] = numbers[low] ?? 0;
          numbers[low++] = number;
        } else {
          numbers[at] = numbers[--high] ?? 0;
          numbers[high] = number;
        }
      }
      ranges.push([from, low, depth], [high, to, depth]);
      if (pivot >= 0) ranges.push([low, high, depth + 1]);
      moved += to - from;
      if (moved > termsPerStep) {
        moved = 0;
        yield;
      }
    }
    return numbers;
  }

  #sortByInsertion(numbers: Uint32Array, from: number, to: number, depth: number): void {
    for (let next = from + 1; next < to; next++) {
      const number = numbers[next] ?? 0;
      let at = next;
      for (; at > from && this.#isBefore(number, numbers[at - 1] ?? 0, depth); at--) {
        numbers[at] = numbers[at - 1] ?? 0;
      }
      numbers[at] = number;
    }
  }

  #isBefore(a: number, b: number, depth: number): boolean {
    for (let at = depth; ; at++) {
      const unit = this.#unitAt(a, at);
      const other = this.#unitAt(b, at);
      if (unit !== other) return unit < other;
      if (unit < 0) return false;
    }
  }

  /** -1 behind the term's end. */
  #unitAt(number: number, at: number): number {
    const place = this.startOf(number) + at;
    return place < this.endOf(number) ? (this.#units[place] ?? 0) : -1;
  }
}
