import { mount, unmount } from 'svelte';
import type { BoardRow } from '#engine/api/board-calls.ts';
import { dayOf } from '#core/types/day.ts';
import { firstStyle, glanceKey, toGlanceNode } from '#app/glance.ts';
import type { Glance, GlanceNode } from '#app/glance.ts';
import { wantedTongues } from '#app/wanted-tongues.ts';
import { translator } from '#i18n/i18n.svelte.ts';
import EntryCard from '#ui/EntryCard.svelte';

/** So long nothing moved before it is kept. */
const quietMs = 2_000;

/** Runs when the screen has nothing else to do; Safari does not say when. */
const whenIdle = (work: () => void) =>
  'requestIdleCallback' in globalThis ? requestIdleCallback(work) : setTimeout(work, 50);

interface Board {
  readonly rows: readonly BoardRow[];
  readonly list: Element;
  readonly nowMs: number;
}

/**
 * Keeps how the board's first rows look, for the next start to show before the app runs; returns
 * what stops it. For while the vault is closed: then a row holds what everybody may read. Ages are
 * left out, for they would be wrong tomorrow.
 */
export function keepGlance(board: Board): () => void {
  const { rows, nowMs } = board;
  const drawn: GlanceNode[] = [];
  let stopped = false;
  const drawNext = (): void => {
    if (stopped) return;
    const row = rows[drawn.length];
    if (row === undefined) return keep(drawn, board);
    drawn.push(draw(row, nowMs));
    whenIdle(drawNext);
  };
  const pause = setTimeout(drawNext, quietMs);
  return () => {
    stopped = true;
    clearTimeout(pause);
  };
}

/** A board without a row has no picture. */
export function forgetGlance(): void {
  try {
    localStorage.removeItem(glanceKey);
  } catch {
    // Storage is switched off: nothing was kept.
  }
}

function draw(row: BoardRow, nowMs: number): GlanceNode {
  const target = document.createElement('div');
  const card = mount(EntryCard, { target, props: { entry: row, nowMs } });
  target.querySelector('.age')?.remove();
  const [article] = target.children;
  const node = article === undefined ? '' : toGlanceNode(article);
  void unmount(card);
  return node;
}

function keep(rows: readonly GlanceNode[], { list, nowMs }: Board): void {
  try {
    const { top, left, width } = list.getBoundingClientRect();
    const glance: Glance = {
      day: dayOf(nowMs),
      tongues: wantedTongues().join(),
      style: firstStyle(),
      screen: innerWidth,
      top: top + scrollY,
      left,
      width,
      lang: translator.locale,
      dir: translator.direction,
      rows,
    };
    localStorage.setItem(glanceKey, JSON.stringify(glance));
  } catch {
    // No room, or storage is switched off: the next start shows its grey shapes.
  }
}
