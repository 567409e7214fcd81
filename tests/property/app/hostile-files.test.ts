import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookInto } from '#app/attachments/file-findings.ts';
import { safeName } from '#app/attachments/file-names.ts';
import { findingKinds } from '#app/attachments/finding.ts';
import { stripJpeg } from '#app/attachments/jpeg-segments.ts';
import { isMoving } from '#app/attachments/picture-findings.ts';
import { pictureSize } from '#app/attachments/picture-size.ts';
import { pictureKinds } from '#app/attachments/sniff-file.ts';
import {
  brands,
  emptyJpeg,
  exifTiff,
  mediaBox,
  mp3Of,
  onePng,
  pdfOf,
  tagJpeg,
  webpWith,
  xmpPacket,
  zipOf,
} from '#tests/support/sample-files.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const runs = { numRuns: 300 };

const samples: readonly Uint8Array[] = [
  tagJpeg(emptyJpeg()),
  onePng(8, 8),
  webpWith([['EXIF', exifTiff()]]),
  exifTiff(),
  latin('GIF89a\u0001\0\u0001\0\0\0\0!\u00fe\u0002ab\0,\0\0\0\0\u0001\0\u0001\0\0\u0002\u0001a\0;'),
  Buffer.concat([
    brands('avif', 'mif1'),
    mediaBox(
      'meta',
      Buffer.alloc(4),
      mediaBox('iprp', mediaBox('ipco', mediaBox('ispe', Buffer.alloc(12)))),
    ),
  ]),
  Buffer.concat([
    brands('isom'),
    mediaBox(
      'moov',
      mediaBox('mvhd', Buffer.alloc(20)),
      mediaBox('udta', mediaBox('\u00a9xyz', latin('\0\u0004\0\0+1+2'))),
    ),
  ]),
  pdfOf('/Author (A)', { packed: true }),
  zipOf({
    '[Content_Types].xml': '',
    'docProps/core.xml': '<dc:creator>A</dc:creator>',
    'a.jpg': emptyJpeg(),
  }),
  mp3Of({ TPE1: 'A', COMM: 'B' }),
  latin(xmpPacket),
];

/** Bytes of any kind, and real files that were altered, cut or put together at random. */
const hostileFile = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc
    .record({
      sample: fc.constantFrom(...samples),
      other: fc.constantFrom(...samples),
      flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 12 }),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ sample, other, flips, cut }) => {
      const bytes = new Uint8Array(Buffer.concat([sample.subarray(0, sample.length * cut), other]));
      for (const [at, value] of flips) bytes[at % bytes.length] = value;
      return bytes;
    }),
);

describe('A file that is broken or made to harm', () => {
  it('gives a report of known things, each short and without hidden letters', async () => {
    await fc.assert(
      fc.asyncProperty(hostileFile, async (bytes) => {
        const { findings } = await lookInto(bytes);
        expect(findings.length).toBeLessThanOrEqual(findingKinds.length * 4);
        for (const { kind, value } of findings) {
          expect(findingKinds).toContain(kind);
          expect([...value].length).toBeLessThanOrEqual(81);
          expect(value).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        }
      }),
      runs,
    );
  });

  it('gives a size that is none, or whole and above nothing', () => {
    fc.assert(
      fc.property(hostileFile, fc.constantFrom(...pictureKinds), (bytes, kind) => {
        const size = pictureSize(bytes, kind);
        if (size !== null) {
          expect(Number.isInteger(size.width) && size.width > 0).toBe(true);
          expect(Number.isInteger(size.height) && size.height > 0).toBe(true);
        }
        expect(isMoving(bytes, kind)).toBeTypeOf('boolean');
      }),
      runs,
    );
  });

  it('is never made longer by taking its notes out, and a second time changes nothing', () => {
    fc.assert(
      fc.property(hostileFile, (bytes) => {
        const once = stripJpeg(bytes);
        expect(once.length).toBeLessThanOrEqual(bytes.length);
        expect(stripJpeg(once)).toEqual(once);
      }),
      runs,
    );
  });
});

describe('A name that a stranger gave', () => {
  it('becomes one that is short, hides nothing, and leads out of no folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const { stem, extension } = safeName(name);
        expect(stem).not.toBe('');
        expect([...stem].length).toBeLessThanOrEqual(85);
        expect(extension).toMatch(/^(?:|\.[\p{L}\p{N}_-]{1,12})$/u);
        expect(stem + extension).not.toMatch(/[\\/:*?"<>|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(stem).not.toMatch(/^[.\s]/);
      }),
      { numRuns: 500 },
    );
  });
});
