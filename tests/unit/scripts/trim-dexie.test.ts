import 'fake-indexeddb/auto';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Dexie, type Table } from 'dexie';
import { afterAll, describe, expect, it } from 'vitest';
import { callOfTrimmed, trimDexie } from '../../../scripts/vite-trim-dexie.mjs';

const file = new URL('../../../node_modules/dexie/dist/modern/dexie.mjs', import.meta.url);
const whole = readFileSync(file, 'utf8');
const folder = await mkdtemp(join(tmpdir(), 'wallflower-dexie-'));
const trimmedFile = join(folder, 'dexie.mjs');
await writeFile(trimmedFile, trimDexie(whole).replace(/\n\/\/# sourceMappingURL=.*/, ''));
const { Dexie: Trimmed } = (await import(/* @vite-ignore */ pathToFileURL(trimmedFile).href)) as {
  readonly Dexie: typeof Dexie;
};

afterAll(() => rm(folder, { recursive: true }));

interface Row {
  readonly id: string;
  readonly day: number;
}

/** What this project asks of a database, and what each step answered. */
async function answersOf(Database: typeof Dexie): Promise<readonly unknown[]> {
  const name = `trim-${Math.random()}`;
  const before = new Database(name);
  before.version(1).stores({ rows: 'id, day' });
  await before.table('rows').add({ id: 'row 0', day: 0 });
  before.close();
  const db = new Database(name);
  db.version(1).stores({ rows: 'id, day' });
  db.version(2).stores({ pieces: '[file+offset]', numbered: '++id', lists: '' });
  const rows: Table<Row, string> = db.table('rows');
  const pieces: Table<object, [string, number]> = db.table('pieces');
  const answers: unknown[] = [];
  const say = async (step: PromiseLike<unknown>) => answers.push(await step);
  await say(rows.bulkPut([1, 2, 3, 4].map((day) => ({ id: `row ${day}`, day }))));
  await say(db.table('numbered').bulkAdd([{ text: 'a' }, { text: 'b' }], { allKeys: true }));
  await say(rows.where('day').between(2, 4).toArray());
  await say(rows.orderBy('day').reverse().primaryKeys());
  await say(rows.where('day').equals(1).delete());
  await say(rows.where('day').between(1, 9).sortBy('id'));
  await say(rows.update('row 2', { day: 5 }));
  await say(rows.limit(2).toArray());
  await say(rows.toCollection().modify({ day: 9 }));
  await say(rows.filter(({ day }) => day === 9).count());
  await say(pieces.bulkPut([0, 64].map((offset) => ({ file: 'x', offset }))));
  await say(pieces.where('[file+offset]').between(['x', Dexie.minKey], ['x', Dexie.maxKey]).keys());
  await say(pieces.where('[file+offset]').between(['x', 0], ['x', Infinity]).delete());
  await say(db.table('lists').bulkPut([[1], [2], [3]], [1, 2, 3]));
  await say(db.table('lists').where(':id').between(2, 3, true, true).primaryKeys());
  await say(rows.bulkGet(['row 2', 'none']));
  const refusal = (cause: unknown) => (cause instanceof Error ? cause.message : cause);
  const broken = db.transaction('rw', rows, async () => {
    await rows.clear();
    throw new Error('undone');
  });
  await say(broken.catch(refusal));
  const twice = rows.add({ id: 'row 2', day: 1 });
  await say(twice.catch((cause: unknown) => cause instanceof Database.DexieError && cause.name));
  await say(rows.count());
  await db.delete();
  return answers;
}

describe('a Dexie without what this project does not use', () => {
  it('answers what this project asks of it as the whole one does', async () => {
    const answers = await answersOf(Trimmed);
    expect(answers).toEqual(await answersOf(Dexie));
    expect(answers.at(-1)).toBe(4);
  });

  it('tells no other tab what was written', () => {
    expect(whole).toContain('BroadcastChannel');
    expect(trimDexie(whole)).not.toContain('BroadcastChannel');
  });

  it('is asked for none of the methods that it does not have', () => {
    const sources = globSync('src/{storage,sync,engine}/**/*.ts').map((path) =>
      readFileSync(path, 'utf8'),
    );
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.map(callOfTrimmed).filter((name) => name !== undefined)).toEqual([]);
    const lent = sources.flatMap((source) => [...source.matchAll(/\bDexie\.(\w+)/g)]);
    expect(lent.map(([, name = '']) => name).filter((name) => !(name in Trimmed))).toEqual([]);
    const byColumns = /\.where\((?!')|\.get\(\{|\.where\('(?:file|pack)'\)/;
    expect(sources.filter((source) => byColumns.test(source))).toEqual([]);
  });

  it('stops the build where a release of Dexie looks otherwise', () => {
    expect(() => trimDexie(whole.replace('this.use(hooksMiddleware)', 'use(hooks)'))).toThrow();
    expect(() => trimDexie(whole.replace('bulkUpdate(keysAndChanges)', 'update()'))).toThrow();
    expect(() => trimDexie(`${whole}db.upsert(1)`)).toThrow();
  });
});
