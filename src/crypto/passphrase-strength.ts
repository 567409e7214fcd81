import { commonPasswords } from './common-passwords.ts';

/** What would help most. */
export type StrengthHint = 'none' | 'empty' | 'common' | 'repeats' | 'sequence' | 'add-words';

export interface PassphraseStrength {
  /** Estimated guesses as a power of two, rounded down; meant to err low. */
  readonly bits: number;
  readonly level: 'far-too-weak' | 'weak' | 'fair' | 'strong';
  readonly hint: StrengthHint;
}

/*
 * Argon2id at the floor (64 MiB, two passes) holds one graphics card to some 10^3 guesses a second.
 * With a thousand cards: 2^30 is twenty minutes, 2^45 a year, 2^60 longer than anyone waits.
 */
const weakFromBits = 30;
const fairFromBits = 45;
const strongFromBits = 60;

/** One word drawn from a list of 7,776 (diceware); a run of letters that could be a word counts no more. */
const wordBits = 12.9;
const longestWord = 10;
const commonWordBits = 7;
const digitBits = 3.3;
const symbolBits = 4;
/** Letters written as random text; only runs that cannot be a word of any Latin language earn it. */
const randomLetterBits = 4.2;
/** Letters of prose, with the neighbours they usually have (Shannon 1951 gives 1 to 2.3). */
const proseLetterBits = 2.2;
/** Short words are common ones. */
const shortWordLetterBits = 2.5;
const runBits = 2;

const alphabets = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
];
const walks = alphabets.flatMap((alphabet) => [alphabet, [...alphabet].reverse().join('')]);

interface Estimate {
  readonly bits: number;
  readonly reason: 'common' | 'repeats' | 'sequence' | 'plain';
}

/**
 * Estimates how many guesses a passphrase stands: split at spaces, then into runs of letters, digits
 * and symbols, each judged by the cheapest way to guess it; what was seen before is nearly free. No
 * estimate can know a quotation or a birthday, so it says `strong` only from five unrelated words on.
 */
export function estimatePassphrase(passphrase: string): PassphraseStrength {
  const text = passphrase.normalize('NFC').trim();
  if (text === '') return { bits: 0, level: 'far-too-weak', hint: 'empty' };
  const words = text.split(/\s+/u);
  const estimates = words.map((word, index) => estimateWord(word, words.slice(0, index)));
  const sum = estimates.reduce((total, { bits }) => total + bits, words.length > 1 ? 1 : 0);
  const bits = Math.floor(Math.min(sum, capOfFamous(words)));
  return { bits, level: levelOf(bits), hint: hintOf(bits, estimates) };
}

function levelOf(bits: number): PassphraseStrength['level'] {
  if (bits < weakFromBits) return 'far-too-weak';
  if (bits < fairFromBits) return 'weak';
  return bits < strongFromBits ? 'fair' : 'strong';
}

function hintOf(bits: number, estimates: readonly Estimate[]): StrengthHint {
  if (bits >= strongFromBits) return 'none';
  const reasons = ['common', 'repeats', 'sequence'] as const;
  return reasons.find((wanted) => estimates.some(({ reason }) => reason === wanted)) ?? 'add-words';
}

/** A phrase that is famous as a whole is one guess of few, however it is spaced. */
function capOfFamous(words: readonly string[]): number {
  const common = commonCore(words.join(''));
  return common === undefined ? Infinity : common;
}

/** Bits of a common password with signs for letters and something tacked on, as in P@ssw0rd1. */
function commonCore(word: string): number | undefined {
  const core = word.toLowerCase().replace(/[^\p{L}]+$/u, '');
  if (!commonPasswords.has(unleet(core))) return undefined;
  return commonWordBits + caseBitsOf(word) + digitBits * (word.length - core.length);
}

function estimateWord(word: string, earlier: readonly string[]): Estimate {
  if (earlier.some((other) => other.toLowerCase() === word.toLowerCase())) {
    return { bits: 1, reason: 'repeats' };
  }
  const common = commonCore(word);
  if (common !== undefined) return { bits: common, reason: 'common' };
  const period = smallestPeriod(word.toLowerCase());
  if (period < word.length && word.length >= 3) {
    const once = estimateRuns(word.slice(0, period));
    return { bits: once.bits + Math.log2(word.length / period), reason: 'repeats' };
  }
  return estimateRuns(word);
}

function estimateRuns(word: string): Estimate {
  const runs = word.matchAll(/\p{Script=Han}+|[\p{L}\p{M}]+|\p{N}+|[^\p{L}\p{M}\p{N}]+/gu);
  const estimates = Array.from(runs, ([run]) => estimateRun(run));
  return {
    bits: estimates.reduce((total, { bits }) => total + bits, 0),
    reason: estimates.find(({ reason }) => reason !== 'plain')?.reason ?? 'plain',
  };
}

function estimateRun(run: string): Estimate {
  const lower = run.toLowerCase();
  const characters = [...lower];
  const distinct = new Set(characters).size;
  if (distinct <= characters.length / 3) {
    return {
      bits: runBits + symbolBits * distinct + Math.log2(characters.length),
      reason: 'repeats',
    };
  }
  if (isWalk(lower)) return { bits: runBits + Math.log2(characters.length), reason: 'sequence' };
  if (/\p{N}/u.test(run)) return { bits: digitsOf(run), reason: 'plain' };
  if (!/[\p{L}\p{M}]/u.test(run)) return { bits: symbolBits * distinct, reason: 'plain' };
  return estimateLetters(run, characters);
}

function estimateLetters(run: string, characters: readonly string[]): Estimate {
  const common = commonCore(run);
  if (common !== undefined) return { bits: common, reason: 'common' };
  return {
    bits: lettersOf(characters.join(''), characters.length) + caseBitsOf(run),
    reason: 'plain',
  };
}

/** Capitals say little: the first letter or a few others are where everybody puts them. */
function caseBitsOf(run: string): number {
  const capitals = countOf(run, /\p{Lu}/gu);
  return capitals === 0 ? 0 : Math.min(3, Math.min(capitals, run.length - capitals) + 1);
}

function lettersOf(lower: string, length: number): number {
  // One sign of these scripts says a syllable or a word.
  if (/^\p{Script=Han}/u.test(lower)) return 4.5 * length;
  if (/^[\p{Script=Hangul}\p{Script=Ethiopic}]/u.test(lower)) return 4 * length;
  if (cannotBeWord(lower)) return randomLetterBits * length;
  const asProse = wordBits + proseLetterBits * Math.max(0, length - longestWord);
  return Math.min(asProse, shortWordLetterBits * length);
}

/** Latin letters without a vowel, or with six consonants in a row. */
function cannotBeWord(lower: string): boolean {
  return /^[a-z]{2,}$/.test(lower) && (!/[aeiouy]/.test(lower) || /[^aeiouy]{6}/.test(lower));
}

/** Years and dates are guessed first. */
function digitsOf(run: string): number {
  if (/^(?:19|20)\d\d$/.test(run)) return 6;
  if (/^\d{6}$|^\d{8}$/.test(run)) return 15;
  return digitBits * run.length;
}

function isWalk(lower: string): boolean {
  return lower.length >= 3 && walks.some((walk) => walk.includes(lower));
}

/** The length of what the text repeats; its own length when it repeats nothing. */
function smallestPeriod(text: string): number {
  return (text + text).indexOf(text, 1);
}

function unleet(lower: string): string {
  const letters: Record<string, string> = {
    0: 'o',
    1: 'i',
    3: 'e',
    4: 'a',
    5: 's',
    $: 's',
    '@': 'a',
  };
  return lower.replace(/[013450$@]/g, (sign) => letters[sign] ?? sign);
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
