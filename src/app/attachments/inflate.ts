/** What a packed part unpacks to, at most so many bytes of it; null for one that is broken. */
export async function inflate(
  packed: Uint8Array,
  format: 'deflate' | 'deflate-raw',
  mostBytes: number,
): Promise<Uint8Array | null> {
  const out = new Uint8Array(mostBytes);
  let length = 0;
  try {
    const { writable, readable } = new DecompressionStream(format);
    const writer = writable.getWriter();
    const written = writer.write(new Uint8Array(packed)).then(() => writer.close());
    written.catch(() => undefined);
    const reader = readable.getReader();
    while (length < mostBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      const part = value.subarray(0, mostBytes - length);
      out.set(part, length);
      length += part.length;
    }
    await reader.cancel();
  } catch {
    if (length === 0) return null;
  }
  return out.subarray(0, length);
}
