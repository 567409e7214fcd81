/** WebAssembly core specification 2.0, chapter 5: what of the binary format is read here. */
const sectionIds = { imports: 2, exports: 7, elements: 9, code: 10 };
const functionKind = 0;
/** `unreachable`, in a body without locals. */
const trap = Buffer.from([0x00, 0x00, 0x0b]);

/**
 * The same module with some of its exports only. Every function that those cannot reach, nor the
 * table, traps at once; all others keep their bytes and their numbers. Throws at anything in a
 * module that it does not know.
 *
 * @param {Uint8Array} wasm
 * @param {ReadonlySet<string>} exportNames names of functions; other exports stay
 * @returns {Buffer}
 */
export function keepExports(wasm, exportNames) {
  const sections = readSections(wasm);
  /** @param {number} id */
  const bodyOf = (id) => sections.find((section) => section.id === id)?.body ?? new Uint8Array([0]);
  const kept = readExports(bodyOf(sectionIds.exports)).filter(
    ({ name, kind }) => kind !== functionKind || exportNames.has(name),
  );
  const bodies = readVector(bodyOf(sectionIds.code), (reader) => reader.take(reader.number()));
  const firstOwn = countImportedFunctions(bodyOf(sectionIds.imports));

  const reached = new Set([
    ...kept.filter(({ kind }) => kind === functionKind).map(({ index }) => index),
    ...readTable(bodyOf(sectionIds.elements)),
  ]);
  for (const index of reached) {
    const body = bodies[index - firstOwn];
    if (body !== undefined) for (const called of callsOf(body)) reached.add(called);
  }
  const replaced = new Map([
    [sectionIds.exports, toVector(kept.map(({ bytes }) => bytes))],
    [
      sectionIds.code,
      toVector(
        bodies.map((body, index) => withLength(reached.has(firstOwn + index) ? body : trap)),
      ),
    ],
  ]);
  return Buffer.concat([
    wasm.subarray(0, 8),
    ...sections.flatMap(({ id, body }) => [
      Buffer.from([id]),
      withLength(replaced.get(id) ?? body),
    ]),
  ]);
}

class Reader {
  #bytes;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  get isAtEnd() {
    return this.#at === this.#bytes.length;
  }

  byte() {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Error('WebAssembly: the module ends too early.');
    return byte;
  }

  /** LEB128, as far as 32 bits; signed ones are only skipped. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** @param {number} length */
  take(length) {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    if (taken.length !== length) throw new Error('WebAssembly: the module ends too early.');
    this.#at += length;
    return taken;
  }

  text() {
    return Buffer.from(this.take(this.number())).toString();
  }
}

/** @param {Uint8Array} wasm */
function readSections(wasm) {
  const reader = new Reader(wasm.subarray(8));
  const sections = [];
  while (!reader.isAtEnd) sections.push({ id: reader.byte(), body: reader.take(reader.number()) });
  return sections;
}

/**
 * @template T
 * @param {Uint8Array} body
 * @param {(reader: Reader) => T} readOne
 */
function readVector(body, readOne) {
  const reader = new Reader(body);
  const all = Array.from({ length: reader.number() }, () => readOne(reader));
  if (!reader.isAtEnd) throw new Error('WebAssembly: a section holds more than it says.');
  return all;
}

/** @param {Uint8Array} body */
function readExports(body) {
  return readVector(body, (reader) => {
    const name = reader.text();
    const kind = reader.byte();
    const index = reader.number();
    const named = withLength(Buffer.from(name));
    return { name, kind, index, bytes: Buffer.concat([named, Buffer.from([kind]), leb(index)]) };
  });
}

/** @param {Uint8Array} body */
function countImportedFunctions(body) {
  return readVector(body, (reader) => {
    reader.text();
    const name = reader.text();
    if (reader.byte() !== functionKind) throw new Error(`WebAssembly: ${name} is no function.`);
    return reader.number();
  }).length;
}

/** What `call_indirect` may reach: active segments of functions for table 0. */
function readTable(/** @type {Uint8Array} */ body) {
  return readVector(body, (reader) => {
    const isKnown = reader.number() === 0 && reader.byte() === 0x41;
    reader.number();
    if (!isKnown || reader.byte() !== 0x0b) throw new Error('WebAssembly: another kind of table.');
    return Array.from({ length: reader.number() }, () => reader.number());
  }).flat();
}

/**
 * Immediates of each instruction (section 5.4): how many LEB128 numbers follow.
 *
 * @type {ReadonlyMap<number, number>}
 */
const numbersAfter = new Map([
  ...[0x02, 0x03, 0x04, 0x0c, 0x0d, 0x20, 0x21, 0x22, 0x23, 0x24, 0x3f, 0x40, 0x41, 0x42].map(
    (code) => /** @type {[number, number]} */ ([code, 1]),
  ),
  ...Array.from(
    { length: 0x17 },
    (_, index) => /** @type {[number, number]} */ ([0x28 + index, 2]),
  ),
  /** @type {[number, number]} */ ([0x11, 2]),
]);
/** The same for those behind 0xfc: conversions, and memory in bulk. */
const numbersAfterLong = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1];
const noImmediates = (/** @type {number} */ code) =>
  [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b].includes(code) || (code >= 0x45 && code <= 0xc4);

/** @param {Uint8Array} body */
function callsOf(body) {
  const reader = new Reader(body);
  for (let groups = reader.number(); groups > 0; groups--) {
    reader.number();
    reader.byte();
  }
  /** @type {Set<number>} */
  const called = new Set();
  while (!reader.isAtEnd) {
    const code = reader.byte();
    if (code === 0x10) called.add(reader.number());
    else skipImmediates(reader, code);
  }
  return called;
}

/**
 * @param {Reader} reader
 * @param {number} code
 */
function skipImmediates(reader, code) {
  if (noImmediates(code)) return;
  let numbers = numbersAfter.get(code);
  if (code === 0x0e) numbers = reader.number() + 1;
  if (code === 0xfc) numbers = numbersAfterLong[reader.number()];
  if (code === 0x43) reader.take(4);
  else if (code === 0x44) reader.take(8);
  else if (numbers === undefined) {
    throw new Error(`WebAssembly: instruction 0x${code.toString(16)} is not known here.`);
  }
  for (let left = numbers ?? 0; left > 0; left--) reader.number();
}

/** @param {number} value */
function leb(value) {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** @param {Uint8Array} bytes */
function withLength(bytes) {
  return Buffer.concat([leb(bytes.length), bytes]);
}

/** @param {readonly Uint8Array[]} parts */
function toVector(parts) {
  return Buffer.concat([leb(parts.length), ...parts]);
}
