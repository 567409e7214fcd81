import * as z from 'zod/mini';

/** A code on the wire: one byte's worth, so that newer clients may add to a list. */
export const wireCode = z.int().check(z.minimum(0), z.maximum(255));

/** Names by wire code; whoever reads an unknown code drops it or takes a default, and refuses nothing. */
export function namesByCode<Name extends string>(
  codes: Readonly<Record<Name, number>>,
): ReadonlyMap<number, Name> {
  return new Map((Object.keys(codes) as Name[]).map((name) => [codes[name], name]));
}
