import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  blobLength,
  chunkBytes,
  maxBlobBytes,
  maxFileBytes,
  paddedLength,
} from '#core/attachments/file-layout.ts';
import { FileOpener } from '#core/attachments/open-file.ts';
import { padmeLength } from '#core/attachments/padme.ts';
import { fileAd, sealFile, type FileSecrets } from '#core/attachments/seal-file.ts';
import type { FileKey } from '#core/attachments/stream-cipher.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { BlobId } from '#core/types/ids.ts';
import { createStreamCipher } from '#crypto/secret-stream.ts';
import { ReferenceStream } from './reference-stream.ts';

const cipher = await createStreamCipher();
const sealedChunk = chunkBytes + 17;

function secretsOf(number: number): FileSecrets {
  return {
    blobId: new Uint8Array(32).fill(number) as BlobId,
    key: new Uint8Array(32).fill(number + 1) as FileKey,
    header: new Uint8Array(24).fill(number + 2),
  };
}
const secrets = secretsOf(7);

function fileOf(length: number): Bytes {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251);
}

function seal(file: Uint8Array, from: FileSecrets = secrets): Bytes {
  return concatBytes(...sealFile(cipher, from, file));
}

function open(
  parts: readonly Uint8Array[],
  size: number,
  { key, blobId }: FileSecrets = secrets,
): Bytes | 'file-damaged' {
  const opener = new FileOpener(cipher, key, blobId, size);
  for (const part of parts) if (!opener.push(part).ok) break;
  const file = opener.finish();
  return file.ok ? file.value : file.error.code;
}

/** Cuts a blob into header and chunks. */
function chunksOf(blob: Uint8Array): readonly [Uint8Array, ...Uint8Array[]] {
  const chunks: Uint8Array[] = [];
  for (let at = 24; at < blob.length; at += sealedChunk)
    chunks.push(blob.subarray(at, at + sealedChunk));
  return [blob.subarray(0, 24), ...chunks];
}

test('a blob is byte for byte what the reference model makes of it, and both open it', () => {
  for (const size of [0, 1, 5_000, chunkBytes, 3 * chunkBytes + 4_321]) {
    const file = fileOf(size);
    const blob = seal(file);
    const reference = new ReferenceStream(secrets.key, secrets.header);
    const padded = new Uint8Array(paddedLength(size));
    padded.set(file);
    const ad = fileAd(secrets.blobId, size);
    const sealed: Uint8Array[] = [secrets.header];
    for (let at = 0; at < padded.length; at += chunkBytes) {
      const chunk = padded.subarray(at, at + chunkBytes);
      sealed.push(reference.push(chunk, ad, at + chunkBytes >= padded.length ? 3 : 0));
    }
    expect(Buffer.from(blob).equals(concatBytes(...sealed))).toBe(true);
    const reader = new ReferenceStream(secrets.key, blob.subarray(0, 24));
    const [, ...chunks] = chunksOf(blob);
    const opened = chunks.map((chunk) => reader.pull(chunk, ad));
    expect(opened.map((chunk) => chunk?.tag)).toEqual([...chunks.slice(1).map(() => 0), 3]);
  }
});

test('a file of any size opens again, in whatever parts its blob comes', () => {
  const arbitrary = fc.record({
    size: fc.oneof(
      fc.constantFrom(0, 1, 4_095, 4_096, 4_097, chunkBytes - 1, chunkBytes, chunkBytes + 1),
      fc.integer({ min: 0, max: 5 * chunkBytes }),
    ),
    cuts: fc.array(fc.nat(), { maxLength: 8 }),
  });
  fc.assert(
    fc.property(arbitrary, ({ size, cuts }) => {
      const file = fileOf(size);
      const blob = seal(file);
      expect(blob).toHaveLength(blobLength(size));
      const at = [0, ...cuts.map((cut) => cut % blob.length).sort((a, b) => a - b), blob.length];
      const parts = at.slice(1).map((end, index) => blob.subarray(at[index], end));
      const opened = open(parts, size);
      expect(opened !== 'file-damaged' && Buffer.from(opened).equals(file)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('one changed byte anywhere, a cut, an extra byte: damaged', () => {
  const file = fileOf(2 * chunkBytes + 100);
  const blob = seal(file);
  fc.assert(
    fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const altered = blob.slice();
      altered[at] = (altered[at] ?? 0) ^ change;
      expect(open([altered], file.length)).toBe('file-damaged');
      expect(open([blob.subarray(0, at)], file.length)).toBe('file-damaged');
    }),
    { numRuns: 150 },
  );
  expect(open([blob, new Uint8Array(1)], file.length)).toBe('file-damaged');
});

test('chunks left out, doubled, swapped or taken from another file: damaged', () => {
  const file = fileOf(4 * chunkBytes);
  const [header, one, two, three, four] = chunksOf(seal(file)) as unknown as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const orders = {
    swapped: [header, two, one, three, four],
    'left out': [header, one, three, four, four],
    doubled: [header, one, one, two, four],
    'final first': [header, four, one, two, three],
    'header alone': [header],
    nothing: [],
  };
  for (const [name, parts] of Object.entries(orders)) {
    expect([name, open(parts, file.length)]).toEqual([name, 'file-damaged']);
  }
  expect(open([header, one, two, three, four], file.length)).toEqual(file);
  const [, ...foreign] = chunksOf(seal(file, { ...secretsOf(7), header: new Uint8Array(24) }));
  expect(open([header, one, ...foreign.slice(1)], file.length)).toBe('file-damaged');
});

test('a stream that never says FINAL, says it early, or rekeys: damaged, although every tag is right', () => {
  const size = 3 * chunkBytes;
  const ad = fileAd(secrets.blobId, size);
  const madeWith = (tags: readonly number[]) => {
    const stream = new ReferenceStream(secrets.key, secrets.header);
    const file = fileOf(size);
    return [
      secrets.header,
      ...tags.map((tag, index) =>
        stream.push(file.subarray(index * chunkBytes, (index + 1) * chunkBytes), ad, tag),
      ),
    ];
  };
  expect(open(madeWith([0, 0, 3]), size)).toEqual(fileOf(size));
  expect(open(madeWith([0, 0, 0]), size)).toBe('file-damaged');
  expect(open(madeWith([0, 0, 1]), size)).toBe('file-damaged');
  expect(open(madeWith([0, 3, 0]), size)).toBe('file-damaged');
  expect(open(madeWith([0, 2, 3]), size)).toBe('file-damaged');
});

test('padding that is not zero is damage: nothing hides behind a file', () => {
  const size = 5_000;
  const padded = new Uint8Array(paddedLength(size));
  padded.set(fileOf(size));
  padded[size] = 1;
  const stream = new ReferenceStream(secrets.key, secrets.header);
  const chunk = stream.push(padded, fileAd(secrets.blobId, size), 3);
  expect(open([secrets.header, chunk], size)).toBe('file-damaged');
});

test('another key, another blob’s name or another size: damaged', () => {
  const file = fileOf(6_000);
  const blob = seal(file);
  expect(open([blob], 6_000, { ...secrets, key: secretsOf(9).key })).toBe('file-damaged');
  expect(open([blob], 6_000, { ...secrets, blobId: secretsOf(9).blobId })).toBe('file-damaged');
  expect(open([blob], 6_001)).toBe('file-damaged');
  expect(open([blob], maxFileBytes + 1)).toBe('file-damaged');
});

test('Padmé gives what its formula gives by hand, and stays within its promises', () => {
  // L = 9: E = 3, S = 2, so one bit is cleared upwards, and so on (Nikitin et al., section 4).
  const byHand: readonly (readonly [number, number])[] = [
    [1, 1],
    [8, 8],
    [9, 10],
    [63, 64],
    [65, 72],
    [1_000, 1_024],
    [10_000, 10_240],
    [65_537, 67_584],
    [1_000_000, 1_015_808],
  ];
  for (const [length, padded] of byHand) expect(padmeLength(length)).toBe(padded);
  fc.assert(
    fc.property(fc.integer({ min: 2, max: maxFileBytes }), (length) => {
      const padded = padmeLength(length);
      expect(padded).toBeGreaterThanOrEqual(length);
      expect(padded).toBeLessThanOrEqual(length * 1.12 + 1);
      expect(padmeLength(padded)).toBe(padded);
      expect(padmeLength(length + 1)).toBeGreaterThanOrEqual(padded);
    }),
    { numRuns: 2_000 },
  );
});

test('the largest file fills a blob as far as Padmé allows, the next size does not fit', () => {
  expect(paddedLength(maxFileBytes)).toBe(maxFileBytes);
  expect(blobLength(maxFileBytes)).toBeLessThanOrEqual(maxBlobBytes);
  expect(blobLength(maxFileBytes + 1)).toBeGreaterThan(maxBlobBytes);
});

test('files below 4 KiB look alike', () => {
  expect(new Set([0, 1, 100, 4_096].map(blobLength)).size).toBe(1);
});
