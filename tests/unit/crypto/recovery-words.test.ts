import { describe, expect, test } from 'vitest';
import {
  entropyToWords,
  foldWord,
  recoveryEntropyBytes,
  recoveryLanguages,
  recoveryWordCount,
  wordsToEntropies,
  type RecoveryEntropy,
} from '#crypto/recovery-words.ts';

/** BIP39's own vector: the test vectors of the reference implementation, "0x7f" sixteen times. */
const entropy = new Uint8Array(16).fill(0x7f) as RecoveryEntropy;
const published = 'legal winner thank year wave sausage worth useful legal winner thank yellow';

/** Fifteen words of BIP39, their checksum right: twenty zero bytes. */
const fifteen = [...Array<string>(14).fill('abandon'), 'address'];

describe('twelve words', () => {
  test('are those of BIP39', async () => {
    expect(await entropyToWords(entropy, 'en')).toEqual(published.split(' '));
    expect(await wordsToEntropies(published.split(' '))).toEqual([entropy]);
    expect(recoveryEntropyBytes).toBe(16);
  });

  test.each(recoveryLanguages)(
    'come back in %s, composed as people type them',
    async (language) => {
      const words = await entropyToWords(entropy, language);
      expect(words).toHaveLength(recoveryWordCount);
      for (const word of words) expect(word).toBe(word.normalize('NFC'));
      expect(await wordsToEntropies(words)).toContainEqual(entropy);
      expect(await wordsToEntropies(words.map((word) => word.normalize('NFD')))).toContainEqual(
        entropy,
      );
    },
  );

  test('exist in ten languages', () => {
    expect([...recoveryLanguages].sort()).toEqual(
      ['cs', 'en', 'es', 'fr', 'it', 'ja', 'ko', 'pt', 'zh-Hans', 'zh-Hant'].sort(),
    );
  });

  test('may be in capitals and with space around them', async () => {
    const typed = published.split(' ').map((word) => ` ${word.toUpperCase()}\n`);
    expect(await wordsToEntropies(typed)).toEqual([entropy]);
    expect(foldWord(' \u00c9tude ')).toBe('e\u0301tude');
  });

  test('spell nothing where one is wrong, missing, too many or in another place', async () => {
    const words = published.split(' ');
    const [first = '', second = '', ...rest] = words;
    for (const wrong of [
      ['legall', ...words.slice(1)],
      ['zoo', ...words.slice(1)],
      [second, first, ...rest],
      words.slice(1),
      [...words, 'legal'],
      fifteen,
      [],
    ]) {
      expect(await wordsToEntropies(wrong)).toEqual([]);
    }
  });
});
