import { foldForSearch } from '../records/search-text.ts';

/** Scripts that put no spaces between words. */
const spacelessScripts =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30FC';
const anySpaceless = new RegExp(`[${spacelessScripts}]`, 'u');
const runs = new RegExp(`[${spacelessScripts}]+|[^${spacelessScripts}]+`, 'gu');
const betweenWords = /[^\p{L}\p{N}\p{M}]+/u;
/** Longer words are cut: no term in the index is larger. */
const maxWordLength = 40;
const maxQueryWords = 12;

/** The Arabic article, also behind a one-letter preposition or conjunction. */
const article = /^(?:[وفبك]?ال|لل)(?=.{2})/u;

/** Cuts a stretch of a script without spaces into words, or into overlapping pairs where no dictionary is there. */
export type Segment = (run: string) => readonly string[];

/** Pairs of neighbouring characters: what is indexed where Intl.Segmenter is missing. */
export function pairsOf(run: string): readonly string[] {
  const characters = Array.from(run);
  if (characters.length < 3) return [run];
  return characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
}

/** Words by the dictionaries of the browser (Unicode TR29, ICU), or pairs where it has none. */
export function createSegment(): Segment {
  if (!('Segmenter' in Intl)) return pairsOf;
  const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
  return (run) => Array.from(segmenter.segment(run), ({ segment }) => segment);
}

let defaultSegment: Segment | undefined;

function segmentByDefault(run: string): readonly string[] {
  defaultSegment ??= createSegment();
  return defaultSegment(run);
}

/** Every word of a text, folded, in order, repeats and all. */
export function wordsOf(text: string, segment: Segment = segmentByDefault): readonly string[] {
  if (!anySpaceless.test(text)) return splitFolded(text);
  return Array.from(text.matchAll(runs), ([run]) =>
    anySpaceless.test(run) ? segment(run).flatMap(splitFolded) : splitFolded(run),
  ).flat();
}

/** What a text is found by: its words, and Arabic ones also without their article. */
export function indexWords(text: string, segment?: Segment): readonly string[] {
  const words = wordsOf(text, segment);
  const bare = words.flatMap((word) => withoutArticle(word) ?? []);
  return bare.length === 0 ? words : [...words, ...bare];
}

/** One word of a query; a text has it in any of the spellings. */
export interface QueryWord {
  readonly spellings: readonly string[];
  /** True for the word that is still being typed: longer words that begin with it count too. */
  readonly isPrefix: boolean;
}

/** The words of a query, all of which a text must have; the last is a prefix until a space follows it. */
export function queryWords(query: string, segment?: Segment): readonly QueryWord[] {
  const words = wordsOf(query, segment).slice(0, maxQueryWords);
  const isTyping = !/\s$/u.test(query);
  return words.map((word, index) => {
    const bare = withoutArticle(word);
    return {
      spellings: bare === undefined ? [word] : [word, bare],
      isPrefix: isTyping && index === words.length - 1,
    };
  });
}

function withoutArticle(word: string): string | undefined {
  return article.test(word) ? word.replace(article, '') : undefined;
}

function splitFolded(text: string): readonly string[] {
  const words: string[] = [];
  for (const word of foldForSearch(text).split(betweenWords)) {
    if (word !== '') words.push(word.length > maxWordLength ? word.slice(0, maxWordLength) : word);
  }
  return words;
}
