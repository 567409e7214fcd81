/** Keys kept for authors met again; a board of 10,000 records has some 4,000 authors (figures.md). */
const maxCachedKeys = 4096;

/** Remembers what was made of a public key; the oldest goes when there are too many. */
export function cacheByKey<T>(make: (key: Uint8Array<ArrayBuffer>) => T) {
  const made = new Map<string, T>();
  return (key: Uint8Array<ArrayBuffer>): T => {
    const name = String.fromCharCode(...key);
    const known = made.get(name);
    if (known !== undefined) return known;
    for (const oldest of made.keys()) {
      if (made.size < maxCachedKeys) break;
      made.delete(oldest);
    }
    const value = make(key);
    made.set(name, value);
    return value;
  };
}
