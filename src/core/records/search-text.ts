/** Letters that writers use for one another, by what they are folded to. */
const letterForms: Readonly<Record<string, string>> = {
  // Arabic and Persian: forms of alef, ya, kaf, ta marbuta, waw.
  '\u0622': '\u0627',
  '\u0623': '\u0627',
  '\u0625': '\u0627',
  '\u0671': '\u0627',
  '\u0649': '\u064A',
  '\u06CC': '\u064A',
  '\u06A9': '\u0643',
  '\u0629': '\u0647',
  '\u06C0': '\u0647',
  '\u06C1': '\u0647',
  '\u06BE': '\u0647',
  '\u0624': '\u0648',
  '\u0626': '\u064A',
  // Latin and Greek letters that no normalization takes apart.
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
  ς: 'σ',
};
const foldedLetters = new RegExp(`[${Object.keys(letterForms).join('')}]`, 'gu');
/**
 * Accents, harakat and niqqud (Unicode 16, "Combining Diacritical Marks", Arabic, Hebrew), tatweel,
 * joiners. The vowel signs of Indic and South-East Asian scripts are letters and stay.
 */
const marks =
  // eslint-disable-next-line no-misleading-character-class -- each mark stands for itself
  /[\u0300-\u036F\u0483-\u0487\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\p{Cf}]/gu;
/** Decimal digits of Arabic, Persian, Devanagari, Bengali, Thai and Burmese, by their zeros. */
const digits = /[\u0660-\u0669\u06F0-\u06F9\u0966-\u096F\u09E6-\u09EF\u0E50-\u0E59\u1040-\u1049]/gu;
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0x1040];
// eslint-disable-next-line no-control-regex -- it asks whether there is anything but ASCII
const asciiOnly = /^[\u0000-\u007F]*$/u;

/** Folds text for searching: case, accents, digits, compatibility forms, Arabic and Persian letter forms. */
export function foldForSearch(text: string): string {
  const lower = text.toLowerCase();
  if (asciiOnly.test(lower)) return lower;
  return lower
    .replace(foldedLetters, (letter) => letterForms[letter] ?? letter)
    .normalize('NFKD')
    .replace(marks, '')
    .replace(digits, toAsciiDigit);
}

function toAsciiDigit(digit: string): string {
  const code = digit.charCodeAt(0);
  const zero = zeros.find((first) => code >= first && code <= first + 9) ?? code;
  return String(code - zero);
}
