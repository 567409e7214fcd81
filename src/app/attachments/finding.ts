/** What a file can be found to carry beside what it is meant to show. */
export const findingKinds = [
  'place',
  'person',
  'organisation',
  'camera',
  'serial',
  'time',
  'software',
  'title',
  'description',
  'comments',
  'changes',
  'earlier',
  'thumbnail',
  'pictures',
  'attached',
  'sensors',
  'scripts',
  'names',
  'trailing',
  'other',
  'locked',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** One thing that was found in a file; `value` is its own words, empty where there are none. */
export interface Finding {
  readonly kind: FindingKind;
  readonly value: string;
}

const mostValues = 4;
const mostLetters = 80;
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu;

/** Gathers what is found: each value once, a few of each kind, short and without hidden letters. */
export class Findings {
  readonly #values = new Map<FindingKind, Set<string>>();

  add(kind: FindingKind, value = ''): void {
    const values = this.#values.get(kind) ?? new Set();
    this.#values.set(kind, values);
    const letters = [...value.slice(0, 1_000).replace(unseen, ' ').trim()];
    const words = letters.slice(0, mostLetters).join('');
    if (words !== '' && values.size < mostValues) {
      values.add(letters.length > mostLetters ? `${words}…` : words);
    }
  }

  /** Adds what was found where some words were; does nothing for empty ones. */
  addWords(kind: FindingKind, value: string): void {
    if (value.replace(unseen, '').trim() !== '') this.add(kind, value);
  }

  /** What weighs most first; a kind without words of its own stands once. */
  list(): readonly Finding[] {
    return findingKinds.flatMap((kind) => {
      const values = this.#values.get(kind);
      if (values === undefined) return [];
      return values.size === 0
        ? [{ kind, value: '' }]
        : [...values].map((value) => ({ kind, value }));
    });
  }
}
