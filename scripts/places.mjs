import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string[]} parts */
export const inRoot = (...parts) => join(root, ...parts);

export const nodeFolder = inRoot('.node');
export const cacheFolder = inRoot('.cache');
export const buildFolder = inRoot('build');
export const modulesFolder = inRoot('node_modules');
