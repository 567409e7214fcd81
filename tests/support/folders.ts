import { fileURLToPath } from 'node:url';

export const buildFolder = fileURLToPath(new URL('../../build', import.meta.url));
