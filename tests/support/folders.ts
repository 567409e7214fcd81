import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const buildFolder = fileURLToPath(new URL('../../build', import.meta.url));
