import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimatePassphrase } from '#crypto/passphrase-strength.ts';

describe('the strength of a passphrase', () => {
  test.each([
    ['', 'empty'],
    ['password', 'common'],
    ['P@ssw0rd1', 'common'],
    ['Wallflower2026', 'common'],
    ['correct horse battery staple', 'common'],
    ['12345678', 'sequence'],
    ['fghjkl', 'sequence'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'repeats'],
    ['letmeinletmein', 'repeats'],
    ['lamp lamp lamp lamp lamp lamp', 'repeats'],
    ['19840612', 'add-words'],
    ['Xanthippe', 'add-words'],
  ])('is far too little for «%s», because: %s', (passphrase, hint) => {
    expect(estimatePassphrase(passphrase)).toMatchObject({ level: 'far-too-weak', hint });
  });

  test.each([
    ['lamp river cactus', 'weak'],
    ['lamp river cactus stone', 'fair'],
    ['My dog ate 3 shoes in 2019!', 'fair'],
    ['lamp river cactus stone violin', 'strong'],
    ['lampe rivière cactus pierre violon', 'strong'],
    ['лампа река кактус камень скрипка', 'strong'],
    ['kXq7vRt2Lw9zBn4', 'strong'],
  ])('of «%s» is %s', (passphrase, level) => {
    expect(estimatePassphrase(passphrase).level).toBe(level);
  });

  test('does not depend on how accents are composed', () => {
    expect(estimatePassphrase('café brûlé'.normalize('NFD'))).toEqual(
      estimatePassphrase('café brûlé'.normalize('NFC')),
    );
  });

  test('is finite and quick for whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (text) => {
        const { bits } = estimatePassphrase(text);
        expect(Number.isInteger(bits)).toBe(true);
        expect(bits).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
