import { stripJpeg } from './jpeg-segments.ts';
import { Findings } from './finding.ts';
import { findInPicture } from './picture-findings.ts';
import { coverPixels, type PictureMark } from './picture-marks.ts';
import { pictureSize } from './picture-size.ts';
import { mediaTypeOf } from './file-names.ts';
import { isPicture, sniffFile } from './sniff-file.ts';
import { fail, ok, type Result } from '#core/types/result.ts';

/** Why a picture cannot be drawn: each has a sentence of its own. */
export type PictureTrouble = 'heic' | 'too-many-pixels' | 'not-readable' | 'pixels-withheld';

/** Sizes that a picture can be sent in: its longer side in pixels, and how finely it is stored. */
export const pictureSizes = {
  small: { longest: 960, quality: 0.6 },
  medium: { longest: 1_600, quality: 0.7 },
  large: { longest: 2_560, quality: 0.8 },
} as const;
export type PictureSizeName = keyof typeof pictureSizes;

/** A picture ready to be sent. */
export interface EncodedPicture {
  readonly bytes: Uint8Array;
  readonly kind: 'jpeg' | 'webp';
  readonly width: number;
  readonly height: number;
}

/** Above this a picture is not decoded: four bytes a pixel have to fit into an old phone. */
export const mostPixels = 50_000_000;

/**
 * Decodes a picture by its content, turned as its camera was held, its first frame where there are
 * more. Its header is read before, so that a small file cannot ask for all the memory there is.
 */
export async function decodePicture(
  bytes: Uint8Array,
): Promise<Result<ImageBitmap, PictureTrouble>> {
  const kind = sniffFile(bytes);
  if (kind === 'heic') return fail('heic');
  if (!isPicture(kind)) return fail('not-readable');
  const size = pictureSize(bytes, kind);
  if (size === null) return fail('not-readable');
  if (size.width * size.height > mostPixels) return fail('too-many-pixels');
  const blob = new Blob([new Uint8Array(bytes)], { type: mediaTypeOf(kind) });
  return createImageBitmap(blob, { imageOrientation: 'from-image' }).then(ok, () =>
    fail('not-readable' as const),
  );
}

/** Draws a picture on white, no larger than asked, with what the marks cover taken out. */
export function drawPicture(
  picture: ImageBitmap,
  longest: number,
  marks: readonly PictureMark[] = [],
  canvas = document.createElement('canvas'),
): HTMLCanvasElement {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = penOf(canvas);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  if (marks.length > 0) {
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
    coverPixels(pixels, marks);
    pen.putImageData(pixels, 0, 0);
  }
  return canvas;
}

/**
 * Encodes a picture anew, as JPEG or WebP, whichever is smaller; of the file that it came from
 * nothing is left but pixels. Resolves to null where the browser gives no file without notes.
 */
export async function encodePicture(
  picture: ImageBitmap,
  size: PictureSizeName,
  marks: readonly PictureMark[],
): Promise<EncodedPicture | null> {
  const { longest, quality } = pictureSizes[size];
  const canvas = drawPicture(picture, longest, marks);
  const found: EncodedPicture[] = [];
  for (const kind of ['jpeg', 'webp'] as const) {
    const bytes = await encodeAs(canvas, kind, quality);
    if (bytes !== null) found.push({ bytes, kind, width: canvas.width, height: canvas.height });
  }
  canvas.width = canvas.height = 0;
  return found.sort((a, b) => a.bytes.length - b.bytes.length)[0] ?? null;
}

/** Null where the browser cannot write this kind, or writes notes of its own into it. */
async function encodeAs(
  canvas: HTMLCanvasElement,
  kind: 'jpeg' | 'webp',
  quality: number,
): Promise<Uint8Array | null> {
  const type = mediaTypeOf(kind);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  if (blob?.type !== type) return null;
  const encoded = new Uint8Array(await blob.arrayBuffer());
  const bytes = kind === 'jpeg' ? stripJpeg(encoded) : encoded;
  const left = new Findings();
  findInPicture(bytes, kind, left);
  return sniffFile(bytes) === kind && left.list().length === 0 ? bytes : null;
}

/**
 * Whether the browser gives back the pixels that were drawn: some give noise instead, as protection
 * against being recognised, and noise must not be sent for a picture.
 */
export function givesPixelsBack(): boolean {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 16;
  const pen = penOf(canvas);
  let off = 0;
  for (const [shade, colour] of [
    [0, '#000'],
    [200, '#c8c8c8'],
  ] as const) {
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 16, 16);
    const { data } = pen.getImageData(0, 0, 16, 16);
    for (let at = 0; at < data.length; at += 4) off += Math.abs((data[at] ?? 0) - shade);
  }
  return off / 512 < 8;
}

function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) throw new Error('This browser has no canvas.');
  return pen;
}
