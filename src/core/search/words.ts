import { foldForSearch } from '../records/search-text.ts';

/** What a UTF-16 code unit is to a search. */
const kinds = { unknown: 0, between: 1, letter: 2, spaceless: 3, paired: 4 } as const;
const kindByUnit = new Uint8Array(65_536);
const letter = /[\p{L}\p{N}\p{M}\p{Cf}\p{Cs}]/u;
/** Scripts that put no spaces between words, and whose words a dictionary tells. */
const spaceless = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Where each browser cuts the same words otherwise, and a word otherwise in another sentence. */
const paired = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30FC]/u;
const foreign = /[^\p{L}\p{N}\p{M}]+/u;
const notOfWords = /[^\p{L}\p{N}\p{M}]+/gu;
/** Longer words are cut: no term in the index is larger. */
const maxWordLength = 40;
const maxQueryWords = 12;
/** Words come again and again: so many stay folded. */
const maxKnownWords = 20_000;

/** The Arabic article, also behind one-letter conjunctions and prepositions. */
const article = /^(?:[وفبك]{0,2}ال|[وف]?لل)(?=.{2})/u;

const lam = 0x0644;

/** Cuts stretches of scripts without spaces into words, a list for each. */
export type CutRuns = (runs: readonly string[]) => readonly (readonly string[])[];

/** Pairs of neighbouring characters: how such runs are cut where Intl.Segmenter is missing. */
export function pairsOf(runs: readonly string[]): readonly (readonly string[])[] {
  return runs.map((run) => {
    const characters = Array.from(run);
    if (characters.length < 3) return [run];
    return characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
  });
}

/**
 * Words by the dictionaries of the browser (Unicode TR29, ICU), or pairs where it has none. A call
 * of the segmenter costs more than the words of a run, and every line is cut by itself.
 */
export function createCutRuns(): CutRuns {
  if (!('Segmenter' in Intl)) return pairsOf;
  const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
  return (runs) => {
    let words: string[] = [];
    const wordsByRun = [words];
    for (const { segment } of segmenter.segment(runs.join('\n'))) {
      if (segment === '\n') wordsByRun.push((words = []));
      else words.push(segment);
    }
    return wordsByRun;
  };
}

let defaultCut: CutRuns | undefined;

function cutByDefault(runs: readonly string[]): readonly (readonly string[])[] {
  defaultCut ??= createCutRuns();
  return defaultCut(runs);
}

/** Takes a word: the first of these code units, until the next word comes. */
export type TakeWord = (units: Uint16Array, length: number) => void;

/** Every word of a text, folded, in order, repeats and all. */
export function wordsOf(text: string, cut?: CutRuns): string[] {
  const words: string[] = [];
  const take: TakeWord = (units, length) => words.push(textOf(units, length));
  forEachWord([text], () => {}, take, { cut });
  return words;
}

interface Cutting {
  readonly cut?: CutRuns | undefined;
  /** Also the last character of a run of pairs by itself: no pair begins with it. */
  readonly hasEnds?: boolean;
}

/** The same of several texts without a string for each word; `begin` is told a text's number before its words. */
function forEachWord(
  texts: readonly string[],
  begin: (text: number) => void,
  take: TakeWord,
  { cut = cutByDefault, hasEnds = false }: Cutting,
): void {
  const runs: string[] = [];
  for (const text of texts) addSpacelessRuns(runs, text);
  const wordsByRun = runs.length === 0 ? [] : cut(runs);
  let run = 0;
  for (const [number, text] of texts.entries()) {
    begin(number);
    forEachStretch(text, (kind, start, end) => {
      if (kind === kinds.letter) foldWord(text, start, end, take);
      if (kind === kinds.paired) foldPairs(text.slice(start, end), take, hasEnds);
      if (kind !== kinds.spaceless) return;
      for (const word of wordsByRun[run++] ?? []) foldWord(word, 0, word.length, take);
    });
  }
}

function addSpacelessRuns(runs: string[], text: string): void {
  forEachStretch(text, (kind, start, end) => {
    if (kind === kinds.spaceless) runs.push(text.slice(start, end));
  });
}

/** Every stretch of one kind. */
function forEachStretch(
  text: string,
  visit: (kind: number, start: number, end: number) => void,
): void {
  let start = 0;
  let current: number = kinds.between;
  for (let at = 0; at <= text.length; at++) {
    const kind = at < text.length ? kindOf(text.charCodeAt(at)) : kinds.between;
    if (kind === current) continue;
    visit(current, start, at);
    start = at;
    current = kind;
  }
}

/**
 * What texts are found by: their words, and Arabic ones also without their article. `begin` is told
 * a text's number before its words. Several texts at a time cost less than one after the other.
 */
export function forEachIndexWord(
  texts: readonly string[],
  begin: (text: number) => void,
  take: TakeWord,
  cut?: CutRuns,
): void {
  const takeBoth: TakeWord = (units, length) => {
    take(units, length);
    if (!mayHaveArticle(units, length)) return;
    const bare = withoutArticle(textOf(units, length));
    if (bare !== undefined) takeText(bare, take);
  };
  forEachWord(texts, begin, takeBoth, { cut, hasEnds: true });
}

function textOf(units: Uint16Array, length: number): string {
  return String.fromCharCode(...units.subarray(0, length));
}

function takeText(text: string, take: TakeWord): void {
  for (let at = 0; at < text.length; at++) unitsOfWord[at] = text.charCodeAt(at);
  take(unitsOfWord, text.length);
}

/** One word of a query; a text has it in any of the spellings. */
export interface QueryWord {
  readonly spellings: readonly string[];
  /** True for the word that is still being typed, and for half a pair: longer words that begin with it count too. */
  readonly isPrefix: boolean;
}

/** The words of a query, all of which a text must have; the last is a prefix until a space follows it. */
export function queryWords(query: string, cut?: CutRuns): readonly QueryWord[] {
  const words = wordsOf(query, cut).slice(0, maxQueryWords);
  const isTyping = !/\s$/u.test(query);
  return words.map((word, index) => {
    const bare = withoutArticle(word);
    return {
      spellings: bare === undefined ? [word] : [word, bare],
      isPrefix: (isTyping && index === words.length - 1) || isLoneOfPairs(word),
    };
  });
}

function kindOf(unit: number): number {
  const known = kindByUnit[unit] ?? kinds.unknown;
  if (known !== kinds.unknown) return known;
  const character = String.fromCharCode(unit);
  const kind = kindOfCharacter(character);
  kindByUnit[unit] = kind;
  return kind;
}

function kindOfCharacter(character: string): number {
  if (paired.test(character)) return kinds.paired;
  if (spaceless.test(character)) return kinds.spaceless;
  return letter.test(character) ? kinds.letter : kinds.between;
}

const isLoneOfPairs = (word: string) =>
  word.length === 1 && kindOf(word.charCodeAt(0)) === kinds.paired;

function withoutArticle(word: string): string | undefined {
  return article.test(word) ? word.replace(article, '') : undefined;
}

/** Every article has a lam among the first four letters of an Arabic word. */
function mayHaveArticle(units: Uint16Array, length: number): boolean {
  const first = units[0] ?? 0;
  if (first < 0x600 || first > 0x6ff) return false;
  for (let at = 0; at < length && at < 4; at++) if (units[at] === lam) return true;
  return false;
}

/** What folding makes of a code unit by itself: a letter or digit, or one of these. */
const foldings = { unknown: 0, nothing: 1, notByItself: 2 } as const;
const foldingByUnit = new Uint16Array(65_536);
const plainLetter = /^[\p{L}\p{N}]$/u;
const unitsOfWord = new Uint16Array(maxWordLength);

/** Marks that stay may change places, and half a surrogate pair says nothing: their words are folded whole. */
function foldingOf(unit: number): number {
  const known = foldingByUnit[unit] ?? foldings.unknown;
  if (known !== foldings.unknown) return known;
  const folded = foldForSearch(String.fromCharCode(unit));
  const folding =
    folded === ''
      ? foldings.nothing
      : plainLetter.test(folded)
        ? folded.charCodeAt(0)
        : foldings.notByItself;
  foldingByUnit[unit] = folding;
  return folding;
}

function foldWord(text: string, start: number, end: number, take: TakeWord): void {
  let length = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    const folding = foldingOf(unit);
    if (folding === foldings.notByItself) {
      foldWhole(text.slice(start, end), take);
      return;
    }
    if (folding !== foldings.nothing && length < maxWordLength) unitsOfWord[length++] = folding;
  }
  if (length > 0) take(unitsOfWord, length);
}

/** Neighbours by twos, as full-text search has long cut these scripts (Lucene's CJKBigramFilter). */
function foldPairs(run: string, take: TakeWord, hasEnd: boolean): void {
  const folded = foldRun(run);
  for (let at = 0; at < folded.length; at++) {
    unitsOfWord[0] = folded.charCodeAt(at);
    const isEnd = at + 1 === folded.length;
    if (!isEnd) unitsOfWord[1] = folded.charCodeAt(at + 1);
    if (!isEnd || at === 0 || hasEnd) take(unitsOfWord, isEnd ? 1 : 2);
  }
}

/** Folding leaves almost all characters of these scripts as they are. */
function foldRun(run: string): string {
  for (let at = 0; at < run.length; at++) {
    const unit = run.charCodeAt(at);
    if (foldingOf(unit) !== unit) return foldForSearch(run).replace(notOfWords, '');
  }
  return run;
}

const foldedWords = new Map<string, readonly string[]>();

function foldWhole(word: string, take: TakeWord): void {
  let folded = foldedWords.get(word);
  if (folded === undefined) {
    folded = foldForSearch(word)
      .split(foreign)
      .filter((part) => part !== '')
      .map((part) => part.slice(0, maxWordLength));
    if (foldedWords.size >= maxKnownWords) foldedWords.clear();
    foldedWords.set(word, folded);
  }
  for (const part of folded) takeText(part, take);
}
