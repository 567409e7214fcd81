import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeCbor } from '#core/codec/cbor.ts';
import { bytesToHex } from '#core/codec/text-forms.ts';
import type { RelayLog } from './log-port.ts';
import { manifestEntries } from './calls/board-calls.ts';
import { seedDemoBoard } from './demo/seed-demo.ts';
import { sealPacks } from './maintenance.ts';
import { openSqliteLog } from './sqlite/sqlite-log.ts';
import { WorkerPool } from './workers/worker-pool.ts';

const usage = `Writes a whole board as files that any web host can serve.

  npm run packs -- --out DIR [--data DIR | --demo] [--pack-records N]

  --out           folder for v1/board/manifest and v1/board/packs/
  --data          a relay's data folder (.data); the relay must not be running
  --demo          the demonstration board instead`;

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    data: { type: 'string', default: '.data' },
    demo: { type: 'boolean', default: false },
    'pack-records': { type: 'string', default: '2500' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help || values.out === undefined) {
  say(usage);
  process.exit(values.help ? 0 : 2);
}

const folder = values.demo ? await mkdtemp(join(tmpdir(), 'wallflower-packs-')) : values.data;
const opened = openSqliteLog(folder, Date.now);
if (!opened.ok) {
  say(`The data folder ${folder} cannot be used: ${opened.error.message}.`);
  process.exit(1);
}
const log = opened.value;
const workers = new WorkerPool(1);
// The pool's threads keep no process alive.
const alive = setInterval(() => undefined, 60_000);
try {
  if (values.demo) await seedDemoBoard(log, Date.now);
  const packRecords = Number(values['pack-records']);
  // One record waits for no pack: files have no tail.
  await sealPacks({ log, workers }, { packRecords, stepRecords: 1 });
  const { records, bytes } = await writeBoard(log, resolve(values.out), values.demo);
  say(`${records} records in ${bytes} bytes are in ${resolve(values.out)}.`);
  say('Serve that folder, and add its address under Network.');
} finally {
  clearInterval(alive);
  await workers.close();
  await log.close();
  if (values.demo) await rm(folder, { recursive: true });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes the manifest and the packs under the paths that a relay serves them at. */
async function writeBoard(log: RelayLog, out: string, demo: boolean) {
  const board = join(out, 'v1', 'board');
  await rm(join(board, 'packs'), { recursive: true, force: true });
  await mkdir(join(board, 'packs'), { recursive: true });
  const packs = await log.packs();
  for (const { hash } of packs) {
    const bytes = await log.pack(hash);
    if (bytes !== undefined) await writeFile(join(board, 'packs', bytesToHex(hash)), bytes);
  }
  const manifest = encodeCbor([log.epoch, manifestEntries(packs), packs[0]?.last ?? 0, demo]);
  await writeFile(join(board, 'manifest'), manifest);
  return {
    records: packs.reduce((total, pack) => total + pack.records, 0),
    bytes: packs.reduce((total, pack) => total + pack.bytes, 0),
  };
}
