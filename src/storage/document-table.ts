const deleted = 0xffff_ffff;

/** Documents by hash: open addressing in one typed array, 4 bytes a place. Whoever probes compares what the hash stands for. */
export class DocumentTable {
  #places = new Uint32Array(1_024);
  #used = 0;
  readonly #hashOf: (document: number) => number;

  constructor(hashOf: (document: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The first document of a hash for which `isIt` holds, or -1. */
  find(hash: number, isIt: (document: number) => boolean): number {
    const mask = this.#places.length - 1;
    for (let place = spread(hash) & mask; ; place = (place + 1) & mask) {
      const held = this.#places[place] ?? 0;
      if (held === 0) return -1;
      if (held !== deleted && isIt(held - 1)) return held - 1;
    }
  }

  /** Adds a document that is not in the table yet. */
  add(document: number): void {
    if (this.#used * 2 >= this.#places.length) this.#grow();
    this.#put(document);
  }

  /** Takes a document out. */
  remove(document: number): void {
    const place = this.#placeOf(document);
    if (place >= 0) this.#places[place] = deleted;
  }

  #placeOf(document: number): number {
    const mask = this.#places.length - 1;
    for (let place = spread(this.#hashOf(document)) & mask; ; place = (place + 1) & mask) {
      const held = this.#places[place] ?? 0;
      if (held === document + 1) return place;
      if (held === 0) return -1;
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
    const before = this.#places;
    let live = 0;
    for (const held of before) if (held !== 0 && held !== deleted) live++;
    let size = 1_024;
    while (size < live * 4) size *= 2;
    this.#places = new Uint32Array(size);
    this.#used = 0;
    for (const held of before) if (held !== 0 && held !== deleted) this.#put(held - 1);
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
