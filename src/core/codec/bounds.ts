import { fail, ok, type Result } from '../types/result.ts';

/** How large a CBOR item may be before anything is allocated for it. */
export interface CborBounds {
  /** Length of the whole input in bytes. */
  readonly maxBytes: number;
  /** Nesting of arrays and maps; a scalar has depth 0. */
  readonly maxDepth: number;
  /** Entries of one array, or pairs of one map. */
  readonly maxLength: number;
}

/** protocol.md, "Encoding": the bounds of everything but packs and batches. */
export const defaultBounds: CborBounds = { maxBytes: 65_536, maxDepth: 8, maxLength: 256 };

/** Why bytes are not an item this protocol reads. */
export interface MalformedCbor {
  readonly code: 'malformed-cbor';
  readonly reason:
    | 'too-long'
    | 'truncated'
    | 'too-deep'
    | 'array-too-long'
    | 'unsupported-type'
    | 'trailing-bytes'
    | 'not-canonical'
    | 'wrong-shape';
}

/** Builds the tagged error. */
export function malformed(reason: MalformedCbor['reason']): MalformedCbor {
  return { code: 'malformed-cbor', reason };
}

interface Head {
  readonly majorType: number;
  readonly argument: number;
  readonly next: number;
}

/** Major types of RFC 8949 section 3.1 that this project reads and writes. */
export const majors = {
  uint: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  simple: 7,
} as const;

/** Arguments of the simple values false, true and null; no other is read. */
export const simpleValues = { false: 20, true: 21, null: 22 } as const;

/** Reads where an item begins: its type, its argument, and where what follows begins. */
export function readHead(bytes: Uint8Array, offset: number): Result<Head, MalformedCbor> {
  const initial = bytes[offset];
  if (initial === undefined) return fail(malformed('truncated'));
  const majorType = initial >> 5;
  const additional = initial & 31;
  if (additional < 24) return ok({ majorType, argument: additional, next: offset + 1 });
  if (additional > 27 || majorType === majors.simple) return fail(malformed('unsupported-type'));
  const width = 1 << (additional - 24);
  if (offset + 1 + width > bytes.length) return fail(malformed('truncated'));
  let argument = 0;
  for (let index = 1; index <= width; index++) {
    argument = argument * 256 + (bytes[offset + index] ?? 0);
  }
  if (!Number.isSafeInteger(argument)) return fail(malformed('unsupported-type'));
  return ok({ majorType, argument, next: offset + 1 + width });
}

function endOfItem(
  bytes: Uint8Array,
  offset: number,
  depth: number,
  bounds: CborBounds,
): Result<number, MalformedCbor> {
  const head = readHead(bytes, offset);
  if (!head.ok) return head;
  const { majorType, argument, next } = head.value;
  switch (majorType) {
    case majors.uint:
    case majors.negative:
      return ok(next);
    case majors.bytes:
    case majors.text:
      return next + argument > bytes.length ? fail(malformed('truncated')) : ok(next + argument);
    case majors.array:
    case majors.map:
      if (argument > bounds.maxLength) return fail(malformed('array-too-long'));
      if (depth >= bounds.maxDepth) return fail(malformed('too-deep'));
      return endOfItems(
        bytes,
        next,
        majorType === majors.map ? argument * 2 : argument,
        depth + 1,
        bounds,
      );
    default:
      return majorType === majors.simple &&
        argument >= simpleValues.false &&
        argument <= simpleValues.null
        ? ok(next)
        : fail(malformed('unsupported-type'));
  }
}

function endOfItems(
  bytes: Uint8Array,
  offset: number,
  count: number,
  depth: number,
  bounds: CborBounds,
): Result<number, MalformedCbor> {
  let end = offset;
  for (let index = 0; index < count; index++) {
    const item = endOfItem(bytes, end, depth, bounds);
    if (!item.ok) return item;
    end = item.value;
  }
  return ok(end);
}

/**
 * Finds where the item at `offset` ends, without allocating, refusing floats, tags, indefinite
 * lengths, integers beyond 2^53 and whatever exceeds the bounds.
 */
export function findItemEnd(
  bytes: Uint8Array,
  offset: number,
  bounds: CborBounds,
): Result<number, MalformedCbor> {
  if (bytes.length > bounds.maxBytes) return fail(malformed('too-long'));
  return endOfItem(bytes, offset, 0, bounds);
}
