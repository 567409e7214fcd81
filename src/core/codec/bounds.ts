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

/** What `readHead` found. It is overwritten by the next call: a board has millions of heads. */
export const head = { majorType: 0, argument: 0, next: 0 };

/** Reads where an item begins into `head`: its type, its argument, and where what follows begins. */
export function readHead(bytes: Uint8Array, offset: number): MalformedCbor | undefined {
  const initial = bytes[offset];
  if (initial === undefined) return truncated;
  head.majorType = initial >> 5;
  const additional = initial & 31;
  if (additional < 24) {
    head.argument = additional;
    head.next = offset + 1;
    return undefined;
  }
  if (additional > 27 || head.majorType === majors.simple) return unsupportedType;
  const width = 1 << (additional - 24);
  if (offset + 1 + width > bytes.length) return truncated;
  let argument = 0;
  for (let index = 1; index <= width; index++) {
    argument = argument * 256 + (bytes[offset + index] ?? 0);
  }
  if (!Number.isSafeInteger(argument)) return unsupportedType;
  head.argument = argument;
  head.next = offset + 1 + width;
  return undefined;
}

const truncated = malformed('truncated');
const unsupportedType = malformed('unsupported-type');
const arrayTooLong = malformed('array-too-long');
const tooDeep = malformed('too-deep');

/** Where an item ends, or why it is none. */
function endOfItem(
  bytes: Uint8Array,
  offset: number,
  depth: number,
  bounds: CborBounds,
): number | MalformedCbor {
  const fault = readHead(bytes, offset);
  if (fault !== undefined) return fault;
  const { majorType, argument, next } = head;
  switch (majorType) {
    case majors.uint:
    case majors.negative:
      return next;
    case majors.bytes:
    case majors.text:
      return next + argument > bytes.length ? truncated : next + argument;
    case majors.array:
    case majors.map: {
      if (argument > bounds.maxLength) return arrayTooLong;
      if (depth >= bounds.maxDepth) return tooDeep;
      const items = majorType === majors.map ? argument * 2 : argument;
      let end = next;
      for (let index = 0; index < items; index++) {
        const item = endOfItem(bytes, end, depth + 1, bounds);
        if (typeof item !== 'number') return item;
        end = item;
      }
      return end;
    }
    default:
      return majorType === majors.simple &&
        argument >= simpleValues.false &&
        argument <= simpleValues.null
        ? next
        : unsupportedType;
  }
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
  const end = endOfItem(bytes, offset, 0, bounds);
  return typeof end === 'number' ? ok(end) : fail(end);
}
