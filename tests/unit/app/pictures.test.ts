import { describe, expect, it } from 'vitest';
import { lookInto } from '#app/attachments/file-findings.ts';
import { stripJpeg } from '#app/attachments/jpeg-segments.ts';
import { coverPixels, type PictureMark, type Pixels } from '#app/attachments/picture-marks.ts';
import { isMoving } from '#app/attachments/picture-findings.ts';
import { pictureSize } from '#app/attachments/picture-size.ts';
import { isPicture, sniffFile } from '#app/attachments/sniff-file.ts';
import { moveFrame, type Frame } from '#ui/picture-frame.ts';
import {
  brands,
  emptyJpeg,
  mediaBox,
  mp3Of,
  onePng,
  pdfOf,
  pngChunk,
  tagJpeg,
  webpWith,
  zipOf,
} from '#tests/support/sample-files.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

const ispe = (width: number, height: number): Buffer => {
  const content = Buffer.alloc(12);
  content.writeUInt32BE(width, 4);
  content.writeUInt32BE(height, 8);
  return mediaBox('ispe', content);
};

const avif = Buffer.concat([
  brands('avif', 'mif1', 'miaf'),
  mediaBox(
    'meta',
    Buffer.alloc(4),
    mediaBox('iprp', mediaBox('ipco', ispe(512, 512), ispe(9_000, 7_000), ispe(64, 64))),
  ),
]);

const gifOf = (frames: number): Buffer =>
  Buffer.concat([
    latin('GIF89a'),
    Buffer.from([4, 0, 3, 0, 0, 0, 0]),
    ...Array.from({ length: frames }, () =>
      Buffer.from([0x2c, 10, 0, 0, 0, 0x58, 0x02, 2, 0, 0, 2, 2, 0x4c, 1, 0]),
    ),
    Buffer.from([0x3b]),
  ]);

describe('What a file is', () => {
  it.each([
    ['jpeg', emptyJpeg()],
    ['png', onePng(2, 2)],
    ['webp', webpWith([])],
    ['gif', gifOf(1)],
    ['avif', avif],
    ['heic', brands('heic', 'mif1')],
    ['heic', brands('mif1', 'heic')],
    ['movie', brands('qt  ')],
    ['movie', brands('M4A ', 'mp42')],
    ['pdf', pdfOf('')],
    ['zip', zipOf({ a: '' })],
    ['mp3', mp3Of({})],
    ['page', latin('\n <SVG xmlns="http://www.w3.org/2000/svg">')],
    ['unknown', latin('hello')],
    ['unknown', Buffer.alloc(0)],
  ] as const)('is told by its content: %s', (kind, bytes) => {
    expect(sniffFile(bytes)).toBe(kind);
  });

  it('is never a picture when it is HEIC or a page', () => {
    expect(isPicture(sniffFile(brands('heic')))).toBe(false);
    expect(isPicture(sniffFile(latin('<svg>')))).toBe(false);
  });
});

describe('The size of a picture', () => {
  it('is read from its header before anything is decoded', () => {
    expect(pictureSize(emptyJpeg(4_000, 3_000), 'jpeg')).toEqual({ width: 4_000, height: 3_000 });
    expect(pictureSize(tagJpeg(emptyJpeg(4_000, 3_000)), 'jpeg')).toEqual({
      width: 4_000,
      height: 3_000,
    });
    expect(pictureSize(onePng(30, 20), 'png')).toEqual({ width: 30, height: 20 });
    expect(pictureSize(webpWith([], 70_000, 5), 'webp')).toEqual({ width: 70_000, height: 5 });
  });

  it('of a tiled AVIF is that of the whole, not of a tile', () => {
    expect(pictureSize(avif, 'avif')).toEqual({ width: 9_000, height: 7_000 });
  });

  it('of a GIF is that of its frame where it is larger than its screen', () => {
    expect(pictureSize(gifOf(1), 'gif')).toEqual({ width: 610, height: 3 });
  });

  it('is none where the header does not tell, so that nothing is decoded', () => {
    expect(pictureSize(emptyJpeg(0, 5), 'jpeg')).toBeNull();
    expect(pictureSize(latin('\u00ff\u00d8\u00ff'), 'jpeg')).toBeNull();
    expect(pictureSize(brands('avif'), 'avif')).toBeNull();
  });
});

describe('A moving picture', () => {
  it('is told from a still one', () => {
    expect(isMoving(gifOf(2), 'gif')).toBe(true);
    expect(isMoving(gifOf(1), 'gif')).toBe(false);
    expect(isMoving(onePng(2, 2, [pngChunk('acTL', Buffer.alloc(8))]), 'png')).toBe(true);
    expect(isMoving(onePng(2, 2), 'png')).toBe(false);
  });
});

describe('A JPEG whose notes are taken out', () => {
  it('is the bare picture again, byte for byte', async () => {
    const stripped = stripJpeg(tagJpeg(emptyJpeg()));
    expect(Buffer.from(stripped)).toEqual(emptyJpeg());
    expect((await lookInto(stripped)).findings).toEqual([]);
  });
});

function noise(width: number, height: number, seed = 7): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  let state = seed;
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[at] = at % 4 === 3 ? 255 : state >>> 24;
  }
  return { data, width, height };
}

const pixelAt = ({ data, width }: Pixels, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

describe('The brush', () => {
  const frame = (look: 'black' | 'blur'): PictureMark => ({
    kind: 'frame',
    look,
    from: { x: 0.8, y: 0.7 },
    to: { x: 0.5, y: 0.5 },
  });

  it('leaves black and nothing else where it blacks out, and every other pixel as it was', () => {
    const before = noise(40, 20);
    const pixels = noise(40, 20);
    coverPixels(pixels, [frame('black')]);
    for (let y = 0; y < 20; y++) {
      for (let x = 0; x < 40; x++) {
        const isCovered = x >= 20 && x < 32 && y >= 10 && y < 14;
        const expected = isCovered ? [0, 0, 0, 255] : pixelAt(before, x, y);
        expect(pixelAt(pixels, x, y), `${x}, ${y}`).toEqual(expected);
      }
    }
  });

  it('covers a stroke whole, between the points that the finger gave too', () => {
    const pixels = noise(100, 100);
    const points = [
      { x: 0.1, y: 0.5 },
      { x: 0.9, y: 0.5 },
    ];
    coverPixels(pixels, [{ kind: 'stroke', look: 'black', points, radius: 0.05 }]);
    for (let x = 8; x < 92; x++) {
      for (let y = 47; y < 53; y++) expect(pixelAt(pixels, x, y)).toEqual([0, 0, 0, 255]);
    }
    expect(pixelAt(pixels, 50, 40)).not.toEqual([0, 0, 0, 255]);
  });

  it('covers where it was only tapped', () => {
    const pixels = noise(100, 100);
    coverPixels(pixels, [
      { kind: 'stroke', look: 'black', points: [{ x: 0.5, y: 0.5 }], radius: 0.05 },
    ]);
    expect(pixelAt(pixels, 50, 50)).toEqual([0, 0, 0, 255]);
  });

  it('leaves of what it blurs only the mean of each cell', () => {
    const pixels = noise(200, 200);
    coverPixels(pixels, [frame('blur')]);
    const cell = pixelAt(pixels, 100, 100);
    for (let y = 100; y < 110; y++) {
      for (let x = 100; x < 110; x++) expect(pixelAt(pixels, x, y)).toEqual(cell);
    }
    expect(pixelAt(pixels, 90, 100)).toEqual(pixelAt(noise(200, 200), 90, 100));
  });

  it('makes the same of two pictures that differ only where it blacked out', () => {
    const one = noise(60, 60);
    const other = noise(60, 60);
    for (let x = 32; x < 46; x++) other.data[(36 * 60 + x) * 4] = 1;
    expect(other.data).not.toEqual(one.data);
    for (const pixels of [one, other]) coverPixels(pixels, [frame('black'), frame('blur')]);
    expect(other.data).toEqual(one.data);
  });
});

describe('The frame that keys move', () => {
  it('comes up in the middle, and moves and grows by arrows', () => {
    const first = moveFrame(null, 'ArrowLeft', false);
    expect(first).toEqual({ from: { x: 0.4, y: 0.4 }, to: { x: 0.6, y: 0.6 } });
    const moved = moveFrame(first, 'ArrowRight', false);
    expect(moved?.from.x).toBeCloseTo(0.42);
    expect(moved?.to.x).toBeCloseTo(0.62);
    const grown = moveFrame(first, 'ArrowDown', true);
    expect(grown?.from.y).toBeCloseTo(0.4);
    expect(grown?.to.y).toBeCloseTo(0.62);
  });

  it('never leaves the picture, and reaches each of its edges', () => {
    let frame: Frame | null = moveFrame(null, 'ArrowLeft', false);
    for (let turn = 0; turn < 60; turn++) frame = moveFrame(frame, 'ArrowLeft', false);
    expect(frame?.from.x).toBeCloseTo(0);
    expect(frame?.to.x).toBeCloseTo(0.2);
    for (let turn = 0; turn < 60; turn++) frame = moveFrame(frame, 'ArrowRight', true);
    expect(frame?.to.x).toBeCloseTo(1);
    for (let turn = 0; turn < 60; turn++) frame = moveFrame(frame, 'ArrowUp', true);
    expect((frame?.to.y ?? 0) - (frame?.from.y ?? 0)).toBeCloseTo(0.02);
  });

  it('leaves other keys alone', () => {
    expect(moveFrame(null, 'Tab', false)).toBeNull();
    expect(moveFrame(null, 'constructor', false)).toBeNull();
  });
});
