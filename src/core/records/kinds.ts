/** Record kinds by code on the wire (append only); protocol.md, "Records". */
export const recordKinds = {
  request: 1,
  offer: 2,
  profile: 3,
  status: 4,
  contact: 5,
  attestation: 6,
  charter: 7,
} as const;

export type RecordKind = keyof typeof recordKinds;

const namesByCode = new Map<number, RecordKind>(
  (Object.keys(recordKinds) as RecordKind[]).map((name) => [recordKinds[name], name]),
);

/** The name of a kind, or undefined for one that this version does not know. */
export function kindOf(code: number): RecordKind | undefined {
  return namesByCode.get(code);
}

/** Kinds whose slot is always zero, so that they can be found by author alone. */
export const singletonKinds: readonly RecordKind[] = ['profile', 'contact', 'charter'];
