import type { PrivacyWarning } from './api/entry-calls.ts';

/** Digits of any script, with the separators that people write in phone numbers: nine digits or more. */
const phoneNumber = /(?:[+(]?\p{Nd}[\s().\-/]{0,2}){9,}/u;
const emailAddress = /[^\s@]+@[^\s@]+\.[^\s@]{2,}/u;
const coordinates =
  /-?\d{1,3}[.,]\d{3,}\s*°?\s*[NS]?\s*[,;/ ]\s*-?\d{1,3}[.,]\d{3,}\s*°?\s*[EW]?/iu;
const webAddress = /(?:https?:\/\/|www\.)\S+|\b[a-z0-9-]+\.(?:com|org|net|info|me|io)\b/iu;
/** "My name is" in the languages of the app, followed by something. */
const ownName =
  /(?:my name is|اسمي|اسم من|меня зовут|мене звати|我叫|我的名字|제 이름은|me llamo|mi nombre es|je m['’]appelle|mon nom est|benim adım|adım|tên tôi là|tôi tên là|ကျွန်တော့်နာမည်|ကျွန်မနာမည်)\s*\p{L}/iu;

const detectors: readonly (readonly [PrivacyWarning, RegExp])[] = [
  ['phone-number', phoneNumber],
  ['email-address', emailAddress],
  ['coordinates', coordinates],
  ['web-address', webAddress],
  ['full-name', ownName],
];

/** What a text seems to give away; a hint to its writer, never a block. */
export function findPrivacyWarnings(text: string): readonly PrivacyWarning[] {
  return detectors.flatMap(([warning, pattern]) => (pattern.test(text) ? [warning] : []));
}
