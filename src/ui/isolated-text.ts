/** A user's own words inside a sentence, kept from turning its direction (Unicode FSI and PDI). */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}

/** An address or key inside a sentence, always left to right (Unicode LRI and PDI). */
export function isolateLtr(text: string): string {
  return `\u2066${text}\u2069`;
}
