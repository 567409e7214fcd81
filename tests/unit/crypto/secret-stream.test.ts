import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FileKey, StreamCipher } from '#core/attachments/stream-cipher.ts';
import { createStreamCipher } from '#crypto/secret-stream.ts';
import { ReferenceStream } from '#tests/unit/attachments/reference-stream.ts';

const key = new Uint8Array(32).fill(1) as FileKey;
const header = new Uint8Array(24).fill(2);
const ad = Uint8Array.of(3);
const message = 0;
const push = 1;
const final = 3;
const notAuthentic = { ok: false, error: { code: 'not-authentic' } };

let cipher: StreamCipher;

beforeEach(async () => {
  cipher = await createStreamCipher();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const opened = (plaintext: Uint8Array, isFinal: boolean | null) => ({
  ok: true,
  value: { plaintext, isFinal },
});

describe('a stream of chunks', () => {
  test('is sealed as another implementation seals it, its end marked', () => {
    const sealer = cipher.sealer(key, header);
    const other = new ReferenceStream(key, header);
    for (const [plaintext, isFinal] of [
      [Uint8Array.of(1, 2), false],
      [new Uint8Array(100), false],
      [new Uint8Array(0), true],
    ] as const) {
      expect(sealer.seal(plaintext, ad, isFinal)).toEqual(
        new Uint8Array(other.push(plaintext, ad, isFinal ? final : message)),
      );
    }
  });

  test('opens in order, and says which chunk is the last', () => {
    const other = new ReferenceStream(key, header);
    const sealed = [message, message, final].map((tag) => other.push(Uint8Array.of(tag), ad, tag));
    const opener = cipher.opener(key, header);
    expect(sealed.map((chunk) => opener.open(chunk, ad))).toEqual([
      opened(Uint8Array.of(message), false),
      opened(Uint8Array.of(message), false),
      opened(Uint8Array.of(final), true),
    ]);
  });

  test('that carries a tag which no file has says neither', () => {
    const sealed = new ReferenceStream(key, header).push(Uint8Array.of(9), ad, push);
    expect(cipher.opener(key, header).open(sealed, ad)).toEqual(opened(Uint8Array.of(9), null));
  });

  test('stands where it stood after a chunk that is short, altered or of other associated data', () => {
    const sealed = cipher.sealer(key, header).seal(new Uint8Array(0), ad, true);
    const opener = cipher.opener(key, header);
    expect(sealed).toHaveLength(17);
    for (const length of [0, 1, 16]) {
      expect(opener.open(sealed.slice(0, length), ad)).toEqual(notAuthentic);
    }
    expect(
      opener.open(
        sealed.map((byte, at) => (at === 3 ? byte ^ 1 : byte)),
        ad,
      ),
    ).toEqual(notAuthentic);
    expect(opener.open(sealed, Uint8Array.of(4))).toEqual(notAuthentic);
    expect(opener.open(sealed, ad)).toEqual(opened(new Uint8Array(0), true));
  });

  test('begins with a key of 32 bytes and a header of 24; else it is a bug', () => {
    const bug = new RangeError('expected a key of 32 bytes and a header of 24');
    for (const length of [31, 33]) {
      const other = new Uint8Array(length) as FileKey;
      expect(() => cipher.sealer(other, header)).toThrow(bug);
      expect(() => cipher.opener(other, header)).toThrow(bug);
    }
    for (const length of [23, 25]) {
      expect(() => cipher.sealer(key, new Uint8Array(length))).toThrow(bug);
    }
  });

  test('cannot be had without WebAssembly, and says so', async () => {
    vi.resetModules();
    vi.stubGlobal('WebAssembly', undefined);
    const fresh = await import('#crypto/secret-stream.ts');
    await expect(fresh.createStreamCipher()).rejects.toMatchObject({ code: 'no-webassembly' });
  });
});
