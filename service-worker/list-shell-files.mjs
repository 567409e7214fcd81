import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { withInlineScript } from './inline-script.mjs';
import { startAfterFirstScreen } from './kit-script.mjs';
import { findLaterFiles } from './shell-tiers.mjs';

/** @import { Adapter } from '@sveltejs/kit' */
/** @import { ShellFile, ShellFiles, ShellTier } from './shell-files.ts' */
/** @import { Manifest } from './shell-tiers.mjs' */

const placeholder = '__SHELL_FILES__';
const worker = '/service-worker.js';

/** The browser fetches icons itself when it installs the app; the version is asked of the origin. */
const notOfTheShell =
  /^\/(?:service-worker\.js|_app\/version\.json|icons\/|\.)|\.(?:map|br|gz|zst)$/;

/** 120 bits: whoever could find other bytes of the same could not be stopped by the rest of it. */
const hashLetters = 20;

/** Kit's files that only point to screens, which nothing asks for (.config/screens-without-pointers.mjs). */
const pointers = '_app/immutable/nodes';

/** A stylesheet that stands in the page: the link says only that it is there. */
const styleInPage = /<link href="([^"]+)" rel="stylesheet" disabled/g;

/** Behind what the page shows before the app runs (src/app/first-screen.ts). */
const afterFirstScreen = '<noscript';
const modulePreload = /<link href="[^"]+" rel="modulepreload">/g;
/** @param {string} link */
const isPointer = (link) => link.includes(pointers);

const localeSource = /^src\/i18n\/locales\/([^/]+)\//;
const firstWords = /\/shell\.json$/;

/**
 * Every file under a folder as a path on the origin; the page, which answers for every screen,
 * stands first, at `/`.
 *
 * @param {string} folder
 */
async function listPaths(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')}`)
    .filter((path) => !notOfTheShell.test(path))
    .map((path) => (path === '/index.html' ? '/' : path));
  return paths.sort((a, b) => (a < b ? -1 : 1));
}

/**
 * @param {string} folder
 * @param {string} path
 * @returns {Promise<ShellFile>}
 */
async function hashFile(folder, path) {
  const bytes = await readFile(join(folder, path === '/' ? 'index.html' : path));
  return [path, createHash('sha256').update(bytes).digest('base64').slice(0, hashLetters)];
}

/**
 * What became of each source, the page's and the engine's.
 *
 * @param {string} folder where Vite built the client
 * @returns {Promise<readonly Manifest[]>}
 */
async function readManifests(folder) {
  const names = ['manifest.json', 'engine-manifest.json'];
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, '.vite', name), 'utf8'))),
  );
}

/**
 * @param {readonly Manifest[]} manifests
 * @returns {ReadonlyMap<string, string>}
 */
function readLocaleByPath(manifests) {
  return new Map(
    manifests
      .flatMap((manifest) => Object.entries(manifest))
      .flatMap(([source, { file }]) => {
        const locale = localeSource.exec(source)?.[1];
        return locale === undefined ? [] : [[`/${file}`, locale]];
      }),
  );
}

/**
 * @param {readonly ShellFile[]} files
 * @param {ReadonlyMap<string, string>} localeByPath
 * @returns {ShellTier}
 */
function toTier(files, localeByPath) {
  /** @type {Record<string, ShellFile[]>} */
  const byLocale = {};
  for (const file of files) {
    const locale = localeByPath.get(file[0]);
    if (locale !== undefined) (byLocale[locale] ??= []).push(file);
  }
  return { always: files.filter(([path]) => !localeByPath.has(path)), byLocale };
}

/**
 * @param {string} folder
 * @param {readonly Manifest[]} manifests
 * @returns {Promise<ShellFiles>}
 */
async function listShellFiles(folder, manifests) {
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const inPage = new Set([...page.matchAll(styleInPage)].map(([, path]) => path));
  const paths = (await listPaths(folder)).filter((path) => !inPage.has(path));
  const files = await Promise.all(paths.map((path) => hashFile(folder, path)));
  const localeByPath = readLocaleByPath(manifests);
  const later = findLaterFiles(manifests);
  return {
    version: createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16),
    first: toTier(
      files.filter(([path]) => !later.has(path)),
      localeByPath,
    ),
    later: toTier(
      files.filter(([path]) => later.has(path)),
      localeByPath,
    ),
  };
}

/**
 * Lets the browser fetch the app and its engine beside each other, once the page has shown what it
 * shows by itself, and go on where the app's first script never arrives.
 *
 * @param {string} folder
 * @param {readonly Manifest[]} manifests
 */
async function finishPage(folder, manifests) {
  const page = join(folder, 'index.html');
  const html = await readFile(page, 'utf8');
  const [app = {}, engine = {}] = manifests;
  const worker = Object.values(engine).find(({ isEntry }) => isEntry);
  const files = [worker, ...(worker?.imports ?? []).map((source) => engine[source])];
  const links = files.map((chunk) => {
    if (chunk === undefined) throw new Error('The build has no engine.');
    return `<link href="/${chunk.file}" rel="preload" as="script" crossorigin fetchpriority="low">`;
  });
  const ready = startAfterFirstScreen(await withInlineScript(html));
  if (!ready.includes(afterFirstScreen)) throw new Error('The page has no place for its links.');
  const modules = ready.match(modulePreload) ?? [];
  const words = Object.entries(app).flatMap(([source, { file }]) => {
    const locale = localeSource.exec(source)?.[1];
    if (locale === undefined || !firstWords.test(source)) return [];
    return [`<link href="/${file}" rel="modulepreload" lang="${locale}">`];
  });
  const ahead = [...modules.filter((link) => !isPointer(link)), ...words, ...links].join('');
  await writeFile(
    page,
    ready
      .replaceAll(modulePreload, '')
      .replace(afterFirstScreen, (next) => `<template id="ahead">${ahead}</template>${next}`),
  );
}

/**
 * Wraps an adapter: once the app is written, its service worker learns each file's path and hash.
 *
 * @param {Adapter} adapter
 * @param {string} folder where the adapter writes
 * @returns {Adapter}
 */
export function withShellFiles(adapter, folder) {
  return {
    ...adapter,
    async adapt(builder) {
      await adapter.adapt(builder);
      const manifests = await readManifests(builder.getClientDirectory());
      await rm(join(folder, pointers), { recursive: true });
      await finishPage(folder, manifests);
      const files = await listShellFiles(folder, manifests);
      const code = await readFile(join(folder, worker), 'utf8');
      if (!code.includes(placeholder)) throw new Error(`${worker} has no place for its list.`);
      await writeFile(
        join(folder, worker),
        code.replaceAll(placeholder, () => JSON.stringify(files)),
      );
    },
  };
}
