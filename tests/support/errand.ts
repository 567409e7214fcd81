import { eventually, type Device } from './engine-in-node.ts';

/** A point that a run does not come to, because another wake-up came first, is tried again. */
const tries = 8;
/** What is noted at the end of each visit; whether a run takes one more visit is chance. */
const ofAnotherVisit = /writing settings #[1-9]/;
const quietMs = 100;

/** Something that is done to completion once, and then ended at each of its points. */
export interface Errand {
  readonly victim: Device;
  /** Brings about what the errand needs; nothing ends it. */
  readonly prepare: (turn: number) => Promise<void>;
  readonly run: () => Promise<unknown>;
  readonly isThrough: () => Promise<boolean>;
  /** After the victim was killed and started again: the errand's end is reached, once. */
  readonly check: () => Promise<void>;
}

/** Returns the points at which the victim was ended, and those that it never came to again. */
export async function endAtEveryPoint(errand: Errand) {
  let turn = 0;
  const once = async (point: string | null) => {
    await quiet(errand.victim);
    await errand.prepare(turn++);
    await quiet(errand.victim);
    const { line } = errand.victim;
    if (point === null) line.watch();
    else line.endAt(point);
    void errand.run().catch(() => undefined);
    await eventually(
      async () => line.isCut || (await errand.isThrough()),
      (isOver) => isOver,
    );
    await quiet(errand.victim);
    const { isCut, passed } = line;
    await errand.victim.restart();
    await errand.check();
    return { isCut, passed };
  };
  const { passed } = await once(null);
  const missed: string[] = [];
  for (const point of passed) {
    let isCut = false;
    for (let attempt = 0; attempt < tries && !isCut; attempt++) ({ isCut } = await once(point));
    if (!isCut && !ofAnotherVisit.test(point)) missed.push(point);
  }
  return { points: passed, missed };
}

/** Waits until a device reads and writes nothing more of its own accord. */
export async function quiet({ line }: Device): Promise<void> {
  for (;;) {
    const points = line.passed.length;
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    if (line.passed.length === points) return;
  }
}
