import { concatBytes, type Bytes } from '#core/types/bytes.ts';

/** Reads a body up to a limit; undefined, and the connection dropped, for one that is longer. Rejects when the link breaks. */
export async function readBounded(
  response: Response,
  maxBytes: number,
): Promise<Bytes | undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(...parts);
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
}
