/** Arabic and Persian letters that writers use for one another, by what they are folded to. */
const letterForms: Readonly<Record<string, string>> = {
  '\u0622': '\u0627',
  '\u0623': '\u0627',
  '\u0625': '\u0627',
  '\u0671': '\u0627',
  '\u0649': '\u064A',
  '\u06CC': '\u064A',
  '\u06A9': '\u0643',
  '\u0629': '\u0647',
  '\u06C0': '\u0647',
  '\u0624': '\u0648',
  '\u0626': '\u064A',
};
const foldedLetters = new RegExp(`[${Object.keys(letterForms).join('')}]`, 'gu');
const invisible = /[\p{Mn}\p{Me}\p{Cf}\u0640]/gu;

/** Folds text for searching: case, accents, compatibility forms, Arabic and Persian letter forms. */
export function foldForSearch(text: string): string {
  return text
    .replace(foldedLetters, (letter) => letterForms[letter] ?? letter)
    .normalize('NFKD')
    .replace(invisible, '')
    .toLowerCase();
}

/** The words of a query, folded; a text matches when it contains each of them. */
export function searchWords(query: string): readonly string[] {
  return foldForSearch(query)
    .split(/[\s\p{P}]+/u)
    .filter((word) => word !== '');
}
