import { wholeNumber } from '../codec/shapes.ts';

/** A code on the wire: one byte's worth, so that newer clients may add to a list. */
export const wireCode = wholeNumber(0, 255);

/** Names by wire code; whoever reads an unknown code drops it or takes a default, and refuses nothing. */
export function namesByCode<Name extends string>(
  codes: Readonly<Record<Name, number>>,
): ReadonlyMap<number, Name> {
  return new Map((Object.keys(codes) as Name[]).map((name) => [codes[name], name]));
}
