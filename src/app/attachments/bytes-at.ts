/*
 * Reads that are total: beyond the end of a file there are zeros and no letters, so a parser of
 * hostile files needs no bounds of its own to stay within the file.
 */

/** The byte at a place, 0 beyond the end. */
export function u8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** Two bytes as a number, big-endian unless told. */
export function u16(bytes: Uint8Array, at: number, little = false): number {
  const [high, low] = little ? [at + 1, at] : [at, at + 1];
  return u8(bytes, high) * 256 + u8(bytes, low);
}

/** Four bytes as a number, big-endian unless told. */
export function u32(bytes: Uint8Array, at: number, little = false): number {
  const [high, low] = little ? [at + 2, at] : [at, at + 2];
  return u16(bytes, high, little) * 65_536 + u16(bytes, low, little);
}

/** Up to so many bytes, each as one letter (Latin-1). */
export function latin(bytes: Uint8Array, at: number, length: number): string {
  let text = '';
  for (let from = at; from < at + length && from < bytes.length; from += 8_192) {
    text += String.fromCharCode(...bytes.subarray(from, Math.min(from + 8_192, at + length)));
  }
  return text;
}

/** Whether these letters stand there. */
export function hasAt(bytes: Uint8Array, at: number, letters: string): boolean {
  return latin(bytes, at, letters.length) === letters;
}

/** Where these letters stand first from a place on, or -1. */
export function findIn(bytes: Uint8Array, letters: string, from = 0): number {
  const first = letters.charCodeAt(0);
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (hasAt(bytes, at, letters)) return at;
  }
  return -1;
}
