import { wantedTongues } from './wanted-tongues.ts';

/** Where the board's first rows are kept as they were last seen. */
export const glanceKey = 'wallflower-glance';

const mostDays = 7;
/** A phone's screen shows no more of them whole. */
const rowsAtFirst = 2;
const tags = ['article', 'p', 'span', 'h2', 'a', 'svg', 'path'] as const;
const attributes = ['class', 'dir', 'lang', 'href', 'viewBox', 'd', 'aria-hidden'] as const;
const svgNamespace = 'http://www.w3.org/2000/svg';

/** An element as it is kept, or a text: what people wrote is a text and never markup. */
export type GlanceNode =
  | string
  | readonly [
      tag: string,
      attributes: Readonly<Record<string, string>>,
      children: readonly GlanceNode[],
    ];

/** The top of the board as it was last seen, and what must be as it was for it to be shown again. */
export interface Glance {
  /** The UTC day on which it was kept. */
  readonly day: number;
  /** The languages that its words were chosen by. */
  readonly tongues: string;
  /** The stylesheet whose classes it uses. */
  readonly style: string;
  /** How wide the screen was, and where the rows stood on it, in CSS pixels. */
  readonly screen: number;
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly lang: string;
  readonly dir: string;
  readonly rows: readonly GlanceNode[];
}

/** The app's first stylesheet: classes have other names in another one. */
export function firstStyle(): string {
  return document.querySelector('link[rel="stylesheet"]')?.getAttribute('href') ?? '';
}

/** An element with all in it, as it is kept; whatever a row is not made of is left out. */
export function toGlanceNode(element: Element): GlanceNode {
  const kept: Record<string, string> = {};
  for (const name of attributes) {
    const value = element.getAttribute(name);
    if (value !== null) kept[name] = value;
  }
  const children: GlanceNode[] = [];
  for (const child of element.childNodes) {
    if (child instanceof Element) children.push(toGlanceNode(child));
    else if (child instanceof Text && child.data !== '') children.push(child.data);
  }
  return [element.localName, kept, children];
}

/**
 * Draws the first rows as they were last seen, before the app runs; returns what draws those below
 * them, or nothing where there is nothing to draw. What was kept long ago, or for another language,
 * screen or version of the app, goes.
 */
export function drawGlance(today: number): (() => void) | undefined {
  const kept = localStorage[glanceKey] as string | undefined;
  const place = document.getElementById('glance');
  if (kept === undefined || place === null) return undefined;
  const glance = JSON.parse(kept) as Glance;
  const isOfNow =
    Math.abs(today - glance.day) <= mostDays &&
    glance.tongues === wantedTongues().join() &&
    glance.style === firstStyle() &&
    glance.screen === innerWidth;
  if (!isOfNow) {
    localStorage.removeItem(glanceKey);
    return undefined;
  }
  const { documentElement } = document;
  documentElement.lang = glance.lang;
  documentElement.dir = glance.dir;
  place.style.top = `${glance.top}px`;
  place.style.left = `${glance.left}px`;
  place.style.width = `${glance.width}px`;
  place.append(...glance.rows.slice(0, rowsAtFirst).map(drawRow));
  return () => {
    place.append(...glance.rows.slice(rowsAtFirst).map(drawRow));
  };
}

function drawRow(row: GlanceNode): HTMLElement {
  const item = document.createElement('div');
  item.append(drawNode(row));
  return item;
}

function drawNode(node: GlanceNode): Node {
  if (typeof node === 'string') return document.createTextNode(node);
  const [tag, given, children] = node;
  if (!tags.some((known) => known === tag)) return document.createTextNode('');
  const isDrawing = tag === 'svg' || tag === 'path';
  const element = isDrawing
    ? document.createElementNS(svgNamespace, tag)
    : document.createElement(tag);
  for (const name of attributes) {
    const value = given[name];
    if (value === undefined || (name === 'href' && !value.startsWith('/request/'))) continue;
    element.setAttribute(name, value);
  }
  element.append(...children.map(drawNode));
  return element;
}

/** Takes over what was drawn before the app ran, or null; the place it had on the page it leaves. */
export function takeGlance(): HTMLElement | null {
  const drawn = document.getElementById('glance');
  if (drawn === null || drawn.childElementCount === 0) return null;
  drawn.removeAttribute('style');
  return drawn;
}
