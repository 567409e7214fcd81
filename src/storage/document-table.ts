const deleted = 0xffff_ffff;

/** So many places of the table before are moved with each document that is added: it is empty long before the next. */
const placesPerStep = 16;

/**
 * Documents by hash: open addressing in one typed array, 4 bytes a place. Whoever probes compares what
 * the hash stands for. A table that grows moves little by little: all at once was the longest task of
 * a board that comes in.
 */
export class DocumentTable {
  #places = new Uint32Array(1_024);
  #used = 0;
  /** The smaller table that is being moved, and how far; what has moved is marked as deleted there. */
  #before: Uint32Array | null = null;
  #moved = 0;
  readonly #hashOf: (document: number) => number;

  constructor(hashOf: (document: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The first document of a hash for which `isIt` holds, or -1. */
  find(hash: number, isIt: (document: number) => boolean): number {
    const place = probe(this.#places, hash, isIt);
    if (place >= 0) return (this.#places[place] ?? 0) - 1;
    if (this.#before === null) return -1;
    const placeBefore = probe(this.#before, hash, isIt);
    return placeBefore < 0 ? -1 : (this.#before[placeBefore] ?? 0) - 1;
  }

  /** Adds a document that is not in the table yet. */
  add(document: number): void {
    if (this.#used * 2 >= this.#places.length) this.#grow();
    this.#move(placesPerStep);
    this.#put(document);
  }

  /** Takes a document out. */
  remove(document: number): void {
    const hash = this.#hashOf(document);
    for (const places of [this.#places, this.#before]) {
      const place = places === null ? -1 : probe(places, hash, (held) => held === document);
      if (places !== null && place >= 0) places[place] = deleted;
    }
  }

  #put(document: number): void {
    const mask = this.#places.length - 1;
    let place = spread(this.#hashOf(document)) & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    this.#places[place] = document + 1;
    this.#used++;
  }

  #grow(): void {
    this.#move(Infinity);
    const before = this.#places;
    let live = 0;
    for (const held of before) if (held !== 0 && held !== deleted) live++;
    let size = 1_024;
    while (size < live * 4) size *= 2;
    this.#places = new Uint32Array(size);
    this.#used = 0;
    this.#before = before;
    this.#moved = 0;
  }

  #move(places: number): void {
    const before = this.#before;
    if (before === null) return;
    const end = Math.min(before.length, this.#moved + places);
    for (; this.#moved < end; this.#moved++) {
      const held = before[this.#moved] ?? 0;
      if (held === 0 || held === deleted) continue;
      before[this.#moved] = deleted;
      this.#put(held - 1);
    }
    if (end === before.length) this.#before = null;
  }
}

/** Where the first document of a hash stands for which `isIt` holds, or -1. */
function probe(places: Uint32Array, hash: number, isIt: (document: number) => boolean): number {
  const mask = places.length - 1;
  for (let place = spread(hash) & mask; ; place = (place + 1) & mask) {
    const held = places[place] ?? 0;
    if (held === 0) return -1;
    if (held !== deleted && isIt(held - 1)) return place;
  }
}

/** Spreads a hash that an author may have chosen (Murmur3's finalizer). */
function spread(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
