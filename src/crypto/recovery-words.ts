import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import type { Brand } from '#core/types/brand.ts';
import type { Bytes } from '#core/types/bytes.ts';

/** 16 random bytes that the twelve words spell; every backup's key hangs on them. Secret. */
export type RecoveryEntropy = Brand<Bytes, 'RecoveryEntropy'>;

export const recoveryEntropyBytes = 16;
/** BIP39, "Generating the mnemonic": 128 bits and a checksum of 4 are 12 words of 11. */
export const recoveryWordCount = 12;

/** The lists of BIP39 by BCP 47 tag, each loaded when it is needed. */
const lists = {
  en: () => import('@scure/bip39/wordlists/english.js'),
  es: () => import('@scure/bip39/wordlists/spanish.js'),
  fr: () => import('@scure/bip39/wordlists/french.js'),
  it: () => import('@scure/bip39/wordlists/italian.js'),
  pt: () => import('@scure/bip39/wordlists/portuguese.js'),
  cs: () => import('@scure/bip39/wordlists/czech.js'),
  ja: () => import('@scure/bip39/wordlists/japanese.js'),
  ko: () => import('@scure/bip39/wordlists/korean.js'),
  'zh-Hans': () => import('@scure/bip39/wordlists/simplified-chinese.js'),
  'zh-Hant': () => import('@scure/bip39/wordlists/traditional-chinese.js'),
} as const;

export type RecoveryLanguage = keyof typeof lists;
export const recoveryLanguages = Object.keys(lists) as readonly RecoveryLanguage[];

/** Twelve words of one language, with their checksum (BIP39). */
export async function entropyToWords(
  entropy: RecoveryEntropy,
  language: RecoveryLanguage,
): Promise<readonly string[]> {
  const { wordlist } = await lists[language]();
  return entropyToMnemonic(entropy, wordlist).normalize('NFC').split(/\s/u);
}

/**
 * What twelve words spell in each language that has them all and whose checksum agrees; mostly one,
 * none where a word is wrong. Case and forms of the same letter make no difference.
 */
export async function wordsToEntropies(
  words: readonly string[],
): Promise<readonly RecoveryEntropy[]> {
  const typed = words.map(foldWord);
  if (typed.length !== recoveryWordCount) return [];
  const found: RecoveryEntropy[] = [];
  for (const language of recoveryLanguages) {
    const { wordlist } = await lists[language]();
    if (!typed.every((word) => wordlist.includes(word))) continue;
    try {
      found.push(mnemonicToEntropy(typed.join(' '), wordlist) as RecoveryEntropy);
    } catch {
      // The words are of this list, but their checksum does not agree.
    }
  }
  return found;
}

/** A word as it is compared: BIP39 asks for NFKD. */
export function foldWord(word: string): string {
  return word.trim().toLowerCase().normalize('NFKD');
}
