import { createHash, type BinaryToTextEncoding } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compressFile, type Encoding } from './compressed.ts';

/** A file in one of its forms; bytes of the same ETag are the same bytes, so that a cut answer can go on. */
export interface AppForm {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** One file of the built app, held in memory with its compressed forms. */
export interface AppFile {
  readonly type: string;
  readonly plain: AppForm;
  readonly encoded: Readonly<Partial<Record<Encoding, AppForm>>>;
  /** The gzip form of a file whose name changes with its content, whether or not it is shorter. */
  readonly packed: AppForm | null;
  /** True for a file whose name changes with its content. */
  readonly immutable: boolean;
}

/** The built app by URL path; every file that can be had is in here, so no path is ever looked up on the disk. */
export type AppFiles = ReadonlyMap<string, AppFile>;

const typeByExtension: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.xml': 'application/xml; charset=utf-8',
};
const immutablePrefix = '/_app/immutable/';
/** 132 bits: nothing meets by chance, and a thin link carries half of it. */
const etagLength = 22;
const compressible = /^(?:text|application)\/|svg/;

/** Reads a built app and compresses it; compressed forms are kept in the folder for the next start. */
export async function readAppFiles(folder: string): Promise<AppFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep))
    .filter((parts) => !parts.some(isHidden));
  const files = new Map<string, AppFile>();
  await Promise.all(
    paths.map(async (parts) => {
      const file = await readAppFile(folder, parts);
      for (const path of urlPathsOf(parts)) files.set(path, file);
    }),
  );
  return files;
}

function isHidden(part: string): boolean {
  return part.startsWith('.') && part !== '.well-known';
}

async function readAppFile(folder: string, parts: readonly string[]): Promise<AppFile> {
  const path = `/${parts.join('/')}`;
  const bytes = await readFile(join(folder, ...parts));
  const type = typeByExtension[extname(path).toLowerCase()] ?? 'application/octet-stream';
  const encoded = compressible.test(type)
    ? await compressFile(folder, hashOf(bytes, 'base64url'), bytes)
    : {};
  const immutable = path.startsWith(immutablePrefix);
  return {
    type,
    plain: toForm(bytes),
    encoded: Object.fromEntries(
      Object.entries(encoded).map(([encoding, form]) => [encoding, toForm(form)]),
    ),
    packed: immutable ? toForm(encoded.gzip ?? gzipSync(bytes)) : null,
    immutable,
  };
}

function hashOf(bytes: Buffer, encoding: BinaryToTextEncoding): string {
  return createHash('sha256').update(bytes).digest(encoding);
}

function toForm(bytes: Buffer): AppForm {
  return { bytes, etag: `"${hashOf(bytes, 'base64url').slice(0, etagLength)}"` };
}

/** A page answers with and without its extension. */
function urlPathsOf(parts: readonly string[]): readonly string[] {
  const path = `/${parts.join('/')}`;
  if (path.endsWith('/index.html')) return [path, path.slice(0, -'index.html'.length)];
  return path.endsWith('.html') ? [path, path.slice(0, -'.html'.length)] : [path];
}
