/** How a part of a picture is taken away. */
export type MarkLook = 'black' | 'blur';

/** A place in a picture: 0 to 1 across and down. */
export interface PicturePoint {
  readonly x: number;
  readonly y: number;
}

/** What is covered: a stroke of the brush, or a frame. All measures are shares of the picture. */
export type PictureMark = { readonly look: MarkLook } & (
  | { readonly kind: 'stroke'; readonly points: readonly PicturePoint[]; readonly radius: number }
  | { readonly kind: 'frame'; readonly from: PicturePoint; readonly to: PicturePoint }
);

/** The pixels of a picture: four bytes each, row by row, as ImageData has them. */
export interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Cells across the longer side that blurring leaves: a face in a crowd falls into one or two. */
const blurCells = 20;

/**
 * Takes what the marks cover out of the pixels themselves. Black leaves nothing; blurring makes each
 * cell that is touched the mean of its pixels, the whole cell, so that the mark's edge tells nothing.
 */
export function coverPixels(pixels: Pixels, marks: readonly PictureMark[]): void {
  for (const mark of marks) {
    const covered = maskOf(pixels, mark);
    if (mark.look === 'black') blackOut(pixels, covered);
    else blurCellsOf(pixels, covered);
  }
}

/** One byte a pixel, 1 where the mark covers it. */
function maskOf({ width, height }: Pixels, mark: PictureMark): Uint8Array {
  const mask = new Uint8Array(width * height);
  const fill = (left: number, top: number, right: number, bottom: number): void => {
    const [from, to] = [Math.max(0, Math.floor(left)), Math.min(width, Math.ceil(right))];
    const end = Math.min(height, Math.ceil(bottom));
    for (let row = Math.max(0, Math.floor(top)); row < end && from < to; row++) {
      mask.fill(1, row * width + from, row * width + to);
    }
  };
  if (mark.kind === 'frame') {
    const [left, right] = inOrder(mark.from.x, mark.to.x);
    const [top, bottom] = inOrder(mark.from.y, mark.to.y);
    fill(left * width, top * height, right * width, bottom * height);
    return mask;
  }
  const radius = mark.radius * Math.max(width, height);
  for (const { x, y } of densePoints(mark.points, mark.radius)) {
    fillDisc(x * width, y * height, radius, fill);
  }
  return mask;
}

function inOrder(a: number, b: number): readonly [number, number] {
  return a < b ? [a, b] : [b, a];
}

/** The points of a stroke and, between those far apart, more of them. */
function densePoints(points: readonly PicturePoint[], radius: number): readonly PicturePoint[] {
  const step = Math.max(radius / 2, 1e-3);
  return points.flatMap((point, index) => {
    const before = points[index - 1] ?? point;
    const [dx, dy] = [point.x - before.x, point.y - before.y];
    const count = Math.min(2_000, Math.max(1, Math.ceil(Math.hypot(dx, dy) / step)));
    return Array.from({ length: count }, (_, part) => ({
      x: before.x + (dx * (part + 1)) / count,
      y: before.y + (dy * (part + 1)) / count,
    }));
  });
}

function fillDisc(
  x: number,
  y: number,
  radius: number,
  fill: (left: number, top: number, right: number, bottom: number) => void,
): void {
  for (let row = Math.floor(y - radius); row <= y + radius; row++) {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (row + 0.5 - y) ** 2));
    if (half > 0) fill(x - half, row, x + half, row + 1);
  }
}

function blackOut({ data }: Pixels, covered: Uint8Array): void {
  for (let pixel = covered.indexOf(1); pixel !== -1; pixel = covered.indexOf(1, pixel + 1)) {
    data.set([0, 0, 0, 255], pixel * 4);
  }
}

function blurCellsOf(pixels: Pixels, covered: Uint8Array): void {
  const { width, height } = pixels;
  const cell = Math.max(2, Math.ceil(Math.max(width, height) / blurCells));
  for (let top = 0; top < height; top += cell) {
    for (let left = 0; left < width; left += cell) {
      const bounds = { left, top, right: left + cell, bottom: top + cell };
      const inside = pixelsIn(pixels, bounds);
      if (inside.some((pixel) => covered[pixel] === 1)) average(pixels, inside);
    }
  }
}

function pixelsIn(
  { width, height }: Pixels,
  { left, top, right, bottom }: Record<'left' | 'top' | 'right' | 'bottom', number>,
): readonly number[] {
  const inside: number[] = [];
  for (let row = top; row < Math.min(bottom, height); row++) {
    for (let column = left; column < Math.min(right, width); column++) {
      inside.push(row * width + column);
    }
  }
  return inside;
}

function average({ data }: Pixels, inside: readonly number[]): void {
  for (const channel of [0, 1, 2]) {
    const sum = inside.reduce((total, pixel) => total + (data[pixel * 4 + channel] ?? 0), 0);
    const mean = sum / inside.length;
    for (const pixel of inside) data[pixel * 4 + channel] = mean;
  }
}
