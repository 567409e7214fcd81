import type { Page } from '@playwright/test';
import { createDice } from '../support/dice.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';
import { commonWords, type BoardTongue } from './board-corpus.ts';
import { typeIntoBareBox, typeOverReadyRows } from './board-floor.ts';
import { boardRow, largestBoard, p95 } from './board-row.ts';
import {
  cpuSlowdown,
  fillPhone,
  scrollAbout,
  slowDown,
  watchFrames,
  withKeyboard,
  type Frames,
} from './board-screen.ts';
import { filterAndTime, typeAndTime } from './board-wishes.ts';
import { percentile } from './percentile.ts';
import { roundFigure, type BenchRow } from './report.ts';

const settleMs = 2_000;
const textsTyped = 8;
/** The page of ready rows says the same with fewer. */
const textsOfFloor = 4;

interface Typed {
  readonly keys: readonly number[];
  readonly frames: Frames;
}

/** The largest board on the screens’ thread of the built app, at 6x (figures.md, “Board on the device”). */
export async function measureScreen(): Promise<readonly BenchRow[]> {
  const relay = await serveApp();
  const phone = await openPhone(relay.origin);
  try {
    const { tongues } = await fillPhone(phone, largestBoard);
    const { page } = phone;
    await slowDown(phone);
    const [first, second] = textsOf(tongues);
    await openBoard(phone);
    const above = await withKeyboard(page, () => type(page, first));
    await page.waitForTimeout(settleMs);
    const whole = await type(page, second);
    let choices: readonly number[] = [];
    const filtering = await watchFrames(page, async () => {
      choices = await filterAndTime(page);
    });
    const scrolling = await watchFrames(page, () => scrollAbout(page));
    const bare = await typeIntoBareBox(page, first.slice(0, textsOfFloor));
    const readyAbove = await withKeyboard(page, () => typeReady(phone, first));
    const readyWhole = await typeReady(phone, second);
    return [
      ...keyRows('above a keyboard', above.keys, readyAbove),
      ...keyRows('on the whole screen', whole.keys, readyWhole),
      screenRow('from a key in a page that only repeats it, p95', p95(bare), null),
      screenRow('from a filter to the painted list, p95', p95(choices)),
      ...frameRows('typing above a keyboard', above.frames),
      ...frameRows('typing on the whole screen', whole.frames),
      ...frameRows('filtering', filtering),
      ...frameRows('scrolling', scrolling),
    ];
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
}

function textsOf(tongues: readonly BoardTongue[]): readonly [readonly string[], readonly string[]] {
  const dice = createDice(21);
  const some = () => Array.from({ length: textsTyped }, () => commonWords(dice, tongues).join(' '));
  return [some(), some()];
}

async function openBoard(phone: Phone): Promise<void> {
  await phone.goto('/');
  await phone.page.getByRole('article').first().waitFor();
  await phone.page.waitForTimeout(settleMs);
  await phone.page.getByRole('searchbox').focus();
}

async function type(page: Page, texts: readonly string[]): Promise<Typed> {
  let keys: readonly number[] = [];
  const frames = await watchFrames(page, async () => {
    keys = await typeAndTime(page, texts);
  });
  return { keys, frames };
}

async function typeReady(phone: Phone, texts: readonly string[]): Promise<readonly number[]> {
  await openBoard(phone);
  return typeOverReadyRows(phone.page, texts.slice(0, textsOfFloor));
}

function screenRow(what: string, value: number, target: number | null = 50): BenchRow {
  return boardRow(largestBoard, `screens’ thread at ${cpuSlowdown}x: ${what}`, value, 'ms', target);
}

/** The floor is a page whose rows lie ready as markup. */
function keyRows(
  where: string,
  keys: readonly number[],
  ready: readonly number[],
): readonly BenchRow[] {
  return [
    {
      ...screenRow(`from a key to the painted list ${where}, p95`, p95(keys)),
      floor: roundFigure(p95(ready)),
    },
    {
      ...screenRow(`from a key ${where}, the middle one`, percentile(keys, 0.5), null),
      floor: roundFigure(percentile(ready, 0.5)),
    },
  ];
}

function frameRows(what: string, { longestTaskMs, longestFrameMs }: Frames): readonly BenchRow[] {
  return [
    screenRow(`longest task while ${what}, 0 for none over 50`, longestTaskMs),
    screenRow(`longest frame while ${what}, 0 for none over 50`, longestFrameMs),
  ];
}
