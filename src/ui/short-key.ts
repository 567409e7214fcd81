import { isolateLtr } from './isolated-text.ts';

const group = 4;

/**
 * The first eight characters of a persona's key in two groups, enough to tell two people apart;
 * isolated, so that it can stand in a sentence of any direction.
 */
export function shortKey(key: string): string {
  return isolateLtr(`${key.slice(0, group)} ${key.slice(group, 2 * group)}`);
}
