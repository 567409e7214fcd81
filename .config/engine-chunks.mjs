/**
 * The engine's worker in a few chunks: each small file would cost a turn on a slow link, and weighs
 * more than it does among others. A chunk takes along what its modules import, unless one above
 * has it; what is not named here, the tools that come later among it, stands alone.
 */
export const engineChunks = [
  {
    name: 'engine',
    test: /src\/(?:engine\/(?:engine|leading-engine)|storage\/database)\.ts$/,
    priority: 5,
  },
  { name: 'mail', test: /src\/sync\/(?:outbox-flush|mail-sync)\.ts$/, priority: 3 },
  {
    name: 'board',
    test: /src\/(?:storage\/board-(?:writer|compaction)|sync\/(?:pack-sync|held-ids))\.ts$/,
    priority: 4,
  },
  {
    name: 'board-again',
    test: /src\/(?:storage\/board-(?:room|takeover)|sync\/(?:reconcile-board|static-board))\.ts$/,
    priority: 3,
  },
  {
    name: 'rooms',
    test: /src\/engine\/(?:entry-view|network-views|outbox-again|relay-list|charter-view)\.ts$/,
    priority: 3,
  },
  {
    name: 'private',
    test: /src\/(?:engine\/(?:private-api|mail-pickup|housekeeping|contact-card-lookup)|crypto\/sodium-crypto|storage\/blob-files)\.ts$/,
    priority: 2,
  },
];
