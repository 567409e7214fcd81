import { expect, test } from 'vitest';
import { findLaterFiles } from '../../../service-worker/shell-tiers.mjs';

const page = {
  'start.js': { file: 'start.js', isEntry: true, imports: ['_shared.js'] },
  'node.js': {
    file: 'node.js',
    isEntry: true,
    dynamicImports: ['src/tool.svelte', 'src/look.svelte'],
  },
  'src/tool.svelte': {
    file: 'tool.js',
    imports: ['_shared.js', '_tools-own.js'],
    dynamicImports: ['src/deeper.ts'],
    css: ['tool.css'],
  },
  'src/look.svelte': { file: 'look.js' },
  'src/deeper.ts': { file: 'deeper.js' },
  '_shared.js': { file: 'shared.js', css: ['shared.css'] },
  '_tools-own.js': { file: 'tools-own.js' },
};

test('a later part takes along what only it needs, and nothing that something else needs', () => {
  expect([...findLaterFiles([page], [/^src\/tool\.svelte$/])].toSorted()).toEqual(
    ['/deeper.js', '/tool.css', '/tools-own.js', '/tool.js'].toSorted(),
  );
});

test('a part that the start imports by itself belongs to the first visit', () => {
  const start = { ...page, 'start.js': { ...page['start.js'], imports: ['src/tool.svelte'] } };
  expect([...findLaterFiles([start], [/^src\/tool\.svelte$/])]).toEqual([]);
});

test('programs are looked at apart: the same source may be first in one and later in another', () => {
  const engine = {
    'worker.js': { file: 'worker.js', isEntry: true, imports: ['src/tool.svelte'] },
    'src/tool.svelte': { file: 'engine-tool.js' },
  };
  const later = findLaterFiles([page, engine], [/^src\/tool\.svelte$/]);
  expect(later.has('/tool.js')).toBe(true);
  expect(later.has('/engine-tool.js')).toBe(false);
});

test('a part that is not in the build any more is a build error, and so is half a list', () => {
  expect(() => findLaterFiles([page], [/^src\/renamed\.svelte$/])).toThrow(/renamed/);
  const half = Object.fromEntries(
    Object.entries(page).filter(([source]) => source !== '_shared.js'),
  );
  expect(() => findLaterFiles([half], [])).toThrow(/_shared\.js/);
});
