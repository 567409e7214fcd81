/** Countries that entries of a corpus name; empty for none. */
export const corpusCountries = [
  '',
  'KE',
  'MM',
  'IR',
  'BY',
  'TR',
  'EG',
  'VE',
  'RU',
  'CN',
  'ET',
  'VN',
  'UA',
  'SD',
] as const;

/** Days that entries of a corpus stand. */
export const corpusLifetimes = [30, 90, 180] as const;
