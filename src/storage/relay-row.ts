import type { RelaySequence } from '#core/types/ids.ts';
import type { RelayRow } from './database.ts';

/** A relay that has never been reached. */
export function createRelayRow(
  facts: Pick<RelayRow, 'origin' | 'home' | 'addedMs'> & Partial<Pick<RelayRow, 'kind'>>,
): RelayRow {
  return {
    kind: 'relay',
    ...facts,
    demo: false,
    epoch: null,
    sequence: 0 as RelaySequence,
    heldPacks: [],
    damagedReads: 0,
    lastContactMs: null,
    clockOffsetMs: 0,
    trouble: null,
    reachable: false,
    staleIds: [],
  };
}
