import * as z from 'zod/mini';

/**
 * Characters that reorder or hide neighbouring text: bidi controls (Unicode 16 section 23.2), and
 * the deprecated and interlinear format characters; ZWJ and ZWNJ stay, scripts need them.
 */
const hiddenCharacters = /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u206F\uFFF9-\uFFFB\uFEFF]/u;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const controlCharacters = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/u;

/** Number of code points, which is how every limit counts characters. */
export function countCharacters(text: string): number {
  return Array.from(text).length;
}

/** Length in UTF-8. */
export function countBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether writers may publish it: NFC, no bidi or control characters but the line feed. */
export function isPublishable(text: string): boolean {
  return (
    text === text.normalize('NFC') &&
    !hiddenCharacters.test(text) &&
    !controlCharacters.test(text) &&
    text.isWellFormed()
  );
}

/** Makes typed text publishable: NFC, line ends as LF, hidden and control characters gone, ends trimmed. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replaceAll('\t', ' ')
    .replace(new RegExp(hiddenCharacters, 'gu'), '')
    .replace(new RegExp(controlCharacters, 'gu'), '')
    .normalize('NFC')
    .trim();
}

/** Text of so many code points and UTF-8 bytes at most. */
export function boundedText(maxCharacters: number, maxBytes: number = maxCharacters * 4) {
  return z.string().check(
    z.refine((text) => {
      // A code unit is at most a character, and at most three bytes.
      if (text.length <= maxCharacters && text.length * 3 <= maxBytes) return true;
      return countCharacters(text) <= maxCharacters && countBytes(text) <= maxBytes;
    }),
  );
}

/** A BCP 47 language tag of at most 20 ASCII characters, not checked against a registry. */
export const languageTag = z.string().check(z.regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/));

/** ISO 3166-1 alpha-2, or empty for none. */
export const countryCode = z.string().check(z.regex(/^(?:[A-Z]{2})?$/));
