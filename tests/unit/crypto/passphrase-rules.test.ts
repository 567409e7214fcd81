import { describe, expect, test } from 'vitest';
import { commonPasswords } from '#crypto/common-passwords.ts';
import { estimatePassphrase } from '#crypto/passphrase-strength.ts';

const bitsOf = (passphrase: string): number => estimatePassphrase(passphrase).bits;
const hintOf = (passphrase: string): string => estimatePassphrase(passphrase).hint;

describe('bits of a run of letters', () => {
  test.each([
    ['lamp', 10, 'four letters at 2.5'],
    ['cactus', 12, 'a word of the list at most, 12.9'],
    ['blackboard', 12, 'ten letters are a word still'],
    ['watermelonseeds', 23, 'five letters of prose after a word, 2.2 each'],
    ['bvcxqwrt', 33, 'no vowel: eight random letters at 4.2'],
    ['abcdfgh', 29, 'six consonants in a row: seven random letters'],
    ['àbcdf', 12, 'an accent in front: a word perhaps'],
    ['bcdfà', 12, 'an accent at the end: a word perhaps'],
    ['中文字典', 18, 'Han says 4.5 a sign'],
    ['안녕하세', 16, 'Hangul says 4'],
    ['ሰላምታ', 16, 'Ethiopic says 4'],
    ['lamp中', 12, 'letters that only end in Han are letters'],
    ['lamp한', 12, 'letters that only end in Hangul are letters'],
  ])('«%s» is %i: %s', (passphrase, bits) => {
    expect(bitsOf(passphrase)).toBe(bits);
  });

  test.each([
    ['Lamp', 12, 'one capital among more, 2'],
    ['lAmP', 13, 'two capitals, 3'],
    ['LAmpRIver', 15, 'never more than 3'],
    ['LAMP', 11, 'all of them, 1'],
  ])('«%s» is %i: %s', (passphrase, bits) => {
    expect(bitsOf(passphrase)).toBe(bits);
  });
});

describe('bits of digits and symbols', () => {
  test.each([
    ['lamp73', 16, 'two digits at 3.3'],
    ['lamp1987', 16, 'a year, 6'],
    ['lamp2031', 16, 'a year to come'],
    ['lamp31987', 26, 'a digit before a year: five digits'],
    ['lamp19873', 26, 'a digit after a year: five digits'],
    ['lamp402913', 25, 'a date of six digits, 15'],
    ['lamp40291387', 25, 'a date of eight digits, 15'],
    ['lamp4029138', 33, 'seven digits are no date'],
    ['lamp402913876', 39, 'nine digits neither'],
    ['lamp?', 14, 'a symbol, 4'],
    ['lamp!?!!', 18, 'the same symbol again says nothing'],
  ])('«%s» is %i: %s', (passphrase, bits) => {
    expect(bitsOf(passphrase)).toBe(bits);
  });
});

describe('what was typed with little thought', () => {
  test.each([
    ['lamp12345', 14, 'five digits in order, 2 and the length'],
    ['lamp54321', 14, 'backwards as well'],
    ['77lamp12345', 20, 'wherever it stands'],
    ['?lamp12345', 18, 'after a symbol too'],
    ['jkl', 3, 'three keys side by side'],
    ['lkj', 3, 'and back'],
    ['mnop', 4, 'the alphabet'],
    ['ponm', 4, 'the alphabet backwards'],
    ['wertyu', 4, 'the upper row'],
    ['uytrew', 4, 'the upper row backwards'],
    ['xcvbn', 4, 'the lower row'],
    ['nbvcx', 4, 'the lower row backwards'],
    ['67890', 4, 'digits up to 0'],
  ])('«%s» is %i and a sequence: %s', (passphrase, bits) => {
    expect(estimatePassphrase(passphrase)).toMatchObject({ bits, hint: 'sequence' });
  });

  test('two neighbours are no sequence yet', () => {
    expect(estimatePassphrase('ab')).toMatchObject({ bits: 5, hint: 'add-words' });
  });

  test.each([
    ['aaa', 4, 'one letter, three times'],
    ['lamplamplamp', 11, 'a word, three times'],
    ['LampLAMPlamp', 13, 'whatever the capitals'],
    ['lamp111111', 18, 'one digit six times'],
    ['lamp111', 17, 'one digit three times'],
    ['中文字字文中中字文', 17, 'three signs in nine places'],
  ])('«%s» is %i and repeats: %s', (passphrase, bits) => {
    expect(estimatePassphrase(passphrase)).toMatchObject({ bits, hint: 'repeats' });
  });

  test('a letter twice is no repetition yet', () => {
    expect(estimatePassphrase('aa')).toMatchObject({ bits: 5, hint: 'add-words' });
  });

  test('a word again is 1, whatever its capitals', () => {
    expect(estimatePassphrase('lamp LAMP')).toMatchObject({ bits: 12, hint: 'repeats' });
  });
});

describe('what guessers try first', () => {
  test.each([
    ['password', 7, 'a common password, 7'],
    ['password12', 13, '3.3 for each sign after it'],
    ['Password12', 15, '2 for its capital'],
    ['p4ssword12', 13, 'with signs for letters too'],
    ['77password', 13, 'digits before it'],
    ['sunsh1ne', 7, '1 for i'],
    ['secr3t', 7, '3 for e'],
    ['p4ssword', 7, '4 for a'],
    ['5unshine', 7, '5 for s'],
    ['pa$$word', 7, '$ for s'],
    ['p@ssword', 7, '@ for a'],
    ['passw0rd', 7, '0 for o'],
    ['pass word', 7, 'a space in it'],
  ])('«%s» is %i: %s', (passphrase, bits) => {
    expect(estimatePassphrase(passphrase)).toMatchObject({ bits, hint: 'common' });
  });

  test.each([
    'passphrase',
    'qwertz',
    'letmein',
    'iloveyou',
    'butterfly',
    'september',
    'liverpool',
    'pokemon',
    'jessica',
    'anthony',
    'muhammad',
    'humanrights',
    'telegram',
    'chocolate',
    'bitcoin',
  ])('knows «%s»', (word) => {
    expect(commonPasswords.has(word)).toBe(true);
    expect(hintOf(word)).toBe('common');
  });

  test('holds lowercase words without digits at their end, as the estimate looks them up', () => {
    for (const word of commonPasswords) expect(word).toMatch(/^[a-z0]+[a-z]$/);
  });
});

describe('a whole passphrase', () => {
  test('gets 1 for being more than one word', () => {
    expect(bitsOf('lamp')).toBe(10);
    expect(bitsOf('lamp river')).toBe(23);
  });

  test('is the same with more space between words and around them', () => {
    expect(estimatePassphrase(' lamp ')).toEqual(estimatePassphrase('lamp'));
    for (const spaced of ['lamp    river', '  lamp river', 'lamp river  ', 'lamp\t\n river']) {
      expect(estimatePassphrase(spaced)).toEqual(estimatePassphrase('lamp river'));
    }
  });

  test.each([
    ['lamp!@#$', 'far-too-weak', 26],
    ['lamp!@#$%', 'weak', 30],
    ['to!@#$%^&*()', 'fair', 45],
    ['lamp!@#$%^&*()door', 'strong', 60],
  ])('«%s» is %s from its first bit on', (passphrase, level, bits) => {
    expect(estimatePassphrase(passphrase)).toMatchObject({ level, bits });
  });

  test('that is strong needs no advice, though a part of it is common', () => {
    expect(hintOf('lamp!@#$%^&*()door')).toBe('none');
    expect(hintOf('lamp river cactus stone violin password')).toBe('none');
  });
});
