import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFolder } from './folders.ts';

/** A build of the app that differs from another by one script and its page. */
export interface NextBuild {
  readonly folder: string;
  /** Path of the script that differs. */
  readonly changedPath: string;
  /** What the page of this build says of itself, in `meta[name=build]`. */
  readonly name: string;
  throwAway(): Promise<void>;
}

/** As the service worker's list has it. */
function listedHashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64').slice(0, 20);
}

/** Long enough that trouble in the middle of it is trouble in its body. */
async function findLargestScript(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  const largest = names[sizes.indexOf(Math.max(...sizes))];
  if (largest === undefined) throw new Error('The build has no scripts.');
  return largest;
}

/** Makes build N+1 of the app as it is built: a new page, a changed script, a new service worker. */
export async function makeNextBuild(name: string): Promise<NextBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'wallflower-build-'));
  await cp(buildFolder, folder, { recursive: true });
  const chunks = join(folder, '_app/immutable/chunks');
  const script = await findLargestScript(chunks);

  const workerPath = join(folder, 'service-worker.js');
  let worker = await readFile(workerPath, 'utf8');
  const change = async (path: string, edit: (text: string) => string) => {
    const before = await readFile(path);
    const after = Buffer.from(edit(before.toString()));
    await writeFile(path, after);
    const changed = worker.replace(listedHashOf(before), listedHashOf(after));
    if (changed === worker) throw new Error(`The service worker does not know ${path}.`);
    worker = changed;
  };
  await change(join(chunks, script), (code) => `${code}\n/* ${name} */\n`);
  await change(join(folder, 'index.html'), (html) =>
    html.replace('<meta charset="utf-8" />', `$&<meta name="build" content="${name}" />`),
  );
  const version = /"?version"?:\s*["'`]([0-9a-f]{16})["'`]/.exec(worker)?.[1];
  if (version === undefined) throw new Error('The service worker names no version.');
  const nextVersion = createHash('sha256').update(`${version}${name}`).digest('hex').slice(0, 16);
  await writeFile(workerPath, worker.replaceAll(version, nextVersion));

  return {
    folder,
    changedPath: `/_app/immutable/chunks/${script}`,
    name,
    throwAway: () => rm(folder, { recursive: true, force: true }),
  };
}
