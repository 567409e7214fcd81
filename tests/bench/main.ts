import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { formatTable, type BenchRow } from './report.ts';

const benches: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  start: async () => (await import('./start.ts')).runStartBench(),
  board: async () => (await import('./board.ts')).runBoardBench(),
  sync: async () => (await import('./sync.ts')).runSyncBench(),
  relay: async () => (await import('./relay.ts')).runRelayBench(),
  messages: async () => (await import('./messages.ts')).runMessagesBench(),
};

const { values, positionals } = parseArgs({
  // --full: also what takes longer, as a board of 100,000 in sync.
  options: { json: { type: 'string' }, full: { type: 'boolean' } },
  allowPositionals: true,
});

if (values.full === true) process.env['WALLFLOWER_BENCH_FULL'] = '1';
const names = positionals.length === 0 ? Object.keys(benches) : positionals;
const unknown = names.find((name) => !(name in benches));

if (unknown === undefined) {
  const rows: BenchRow[] = [];
  for (const name of names) {
    const found = (await benches[name]?.()) ?? [];
    console.log(`\n${formatTable(found)}`);
    rows.push(...found);
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
} else {
  console.error(`There is no bench “${unknown}”. There are: ${Object.keys(benches).join(', ')}.`);
  process.exitCode = 1;
}
