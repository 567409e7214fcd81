/** A place in a picture: 0 to 1 across and down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Frame {
  readonly from: Point;
  readonly to: Point;
}

const step = 0.02;
const smallest = 0.02;
const first: Frame = { from: { x: 0.4, y: 0.4 }, to: { x: 0.6, y: 0.6 } };

const directions: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -step, y: 0 },
  ArrowRight: { x: step, y: 0 },
  ArrowUp: { x: 0, y: -step },
  ArrowDown: { x: 0, y: step },
};

/**
 * Where a frame is after a key: arrows move it, with Shift they move its far corner, the first one
 * brings it up in the middle. It never leaves the picture; null for any other key.
 */
export function moveFrame(frame: Frame | null, key: string, resizes: boolean): Frame | null {
  const direction = Object.hasOwn(directions, key) ? directions[key] : undefined;
  if (direction === undefined) return null;
  if (frame === null) return first;
  const { from, to } = frame;
  if (resizes) {
    const x = within(to.x + direction.x, from.x + smallest, 1);
    return { from, to: { x, y: within(to.y + direction.y, from.y + smallest, 1) } };
  }
  const dx = within(direction.x, -from.x, 1 - to.x);
  const dy = within(direction.y, -from.y, 1 - to.y);
  return { from: { x: from.x + dx, y: from.y + dy }, to: { x: to.x + dx, y: to.y + dy } };
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
