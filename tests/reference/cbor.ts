/** Deterministic CBOR (RFC 8949 section 4.2.1) of what messages are made of; no maps. */
export type Item = number | string | null | Uint8Array | readonly Item[];

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function head(major: number, value: number): number[] {
  const top = major << 5;
  if (value < 24) return [top | value];
  if (value < 0x1_00) return [top | 24, value];
  if (value < 0x1_00_00) return [top | 25, value >> 8, value & 0xff];
  const bytes = [];
  const width = value < 0x1_00_00_00_00 ? 4 : 8;
  for (let shift = width - 1; shift >= 0; shift--) {
    bytes.push(Number((BigInt(value) >> BigInt(8 * shift)) & 255n));
  }
  return [top | (width === 4 ? 26 : 27), ...bytes];
}

function bytesOf(item: Item): number[] {
  if (item === null) return [0xf6];
  if (typeof item === 'number') return item < 0 ? head(1, -1 - item) : head(0, item);
  if (typeof item === 'string') {
    const text = utf8.encode(item);
    return [...head(3, text.length), ...text];
  }
  if (item instanceof Uint8Array) return [...head(2, item.length), ...item];
  return [...head(4, item.length), ...item.flatMap((inner) => bytesOf(inner))];
}

export function encode(item: Item): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytesOf(item));
}

/** Reads one item that fills the input; null for anything that `encode` would not have written. */
export function decode(bytes: Uint8Array): { readonly item: Item } | null {
  let offset = 0;
  const take = (length: number): Uint8Array => {
    if (offset + length > bytes.length) throw new Error('cut');
    offset += length;
    return bytes.slice(offset - length, offset);
  };
  const number = (low: number): number => {
    if (low < 24) return low;
    if (low > 27) throw new Error('indefinite');
    return take(2 ** (low - 24)).reduce((value, byte) => value * 256 + byte, 0);
  };
  const read = (): Item => {
    const [first = 0] = take(1);
    if (first === 0xf6) return null;
    const value = number(first & 31);
    switch (first >> 5) {
      case 0:
        return value;
      case 1:
        return -1 - value;
      case 2:
        return take(value);
      case 3:
        return strictUtf8.decode(take(value));
      case 4:
        return Array.from({ length: value }, read);
      default:
        throw new Error('not of these');
    }
  };
  try {
    const item = read();
    return Buffer.compare(encode(item), bytes) === 0 ? { item } : null;
  } catch {
    return null;
  }
}
