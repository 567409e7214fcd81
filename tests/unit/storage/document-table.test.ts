import { describe, expect, it } from 'vitest';
import { DocumentTable } from '#storage/document-table.ts';
import { createDice } from '../../support/dice.ts';

/** Some documents share a hash. */
const hashOf = (document: number) => Math.imul(document >>> 1, 0x9e37_79b1) >>> 0;

describe('documents by hash', () => {
  it('are found while the table grows, whatever has come and gone', () => {
    const dice = createDice(4);
    const table = new DocumentTable(hashOf);
    const held = new Set<number>();
    const finds = (document: number) =>
      table.find(hashOf(document), (other) => other === document) === document;
    for (let step = 0; step < 6_000; step++) {
      const document = Math.floor(dice() * 9_000);
      if (!held.has(document)) {
        table.add(document);
        held.add(document);
      } else if (dice() < 0.5) {
        table.remove(document);
        held.delete(document);
      }
      const other = Math.floor(dice() * 9_000);
      expect(finds(document)).toBe(held.has(document));
      expect(finds(other)).toBe(held.has(other));
    }
    expect([...Array(9_000).keys()].filter(finds)).toEqual([...held].sort((a, b) => a - b));
  });

  it('are all visited where they share a hash, also halfway through a move', () => {
    const table = new DocumentTable(hashOf);
    for (let document = 0; document < 520; document++) table.add(document);
    for (let document = 0; document < 520; document += 2) {
      const seen: number[] = [];
      table.find(hashOf(document), (other) => {
        if (hashOf(other) === hashOf(document)) seen.push(other);
        return false;
      });
      expect(seen.sort((a, b) => a - b)).toEqual([document, document + 1]);
    }
  });
});
