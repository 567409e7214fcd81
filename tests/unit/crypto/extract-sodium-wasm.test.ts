import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  extractSodiumWasm,
  extractSodiumWasmPlugin,
} from '../../../scripts/vite-extract-sodium-wasm.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let source: string;

beforeAll(async () => {
  const commonJs = createRequire(import.meta.url).resolve('libsodium-sumo');
  source = await readFile(
    join(dirname(commonJs), '../modules-sumo-esm/libsodium-sumo.mjs'),
    'utf8',
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What a build of the signature verifier puts out. */
async function buildVerifier(plugins: Plugin[]) {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins,
    build: {
      write: false,
      rolldownOptions: {
        input: join(root, 'src/crypto/signature-verifier.ts'),
        preserveEntrySignatures: 'strict',
      },
    },
  });
  if (!('output' in built)) throw new Error('expected one output');
  return built.output;
}

interface Glue {
  default(options: object): Promise<{ _sodium_init(): number; _sodium_version_string(): number }>;
}

async function startGlue(): Promise<Awaited<ReturnType<Glue['default']>>> {
  const script = extractSodiumWasm(source).glue('"/libsodium.wasm"');
  const url = `data:text/javascript;base64,${Buffer.from(script).toString('base64')}`;
  const { default: start } = (await import(/* @vite-ignore */ url)) as Glue;
  return start({ getRandomValue: () => 4 });
}

describe("extracting libsodium's WebAssembly", () => {
  test('leaves a glue that starts from the fetched file', async () => {
    const { wasm } = extractSodiumWasm(source);
    const fetchFile = vi.fn(() => Promise.resolve(new Response(new Uint8Array(wasm))));
    vi.stubGlobal('fetch', fetchFile);
    const sodium = await startGlue();
    expect(sodium._sodium_init()).toBeGreaterThanOrEqual(0);
    expect(fetchFile).toHaveBeenCalledExactlyOnceWith('/libsodium.wasm', {
      credentials: 'same-origin',
    });
  });

  test.each([
    ['is missing', () => new Response('', { status: 404 })],
    ["is a captive portal's page", () => new Response('<html>')],
  ])('rejects when the file %s', async (_name, answer) => {
    vi.stubGlobal('fetch', () => Promise.resolve(answer()));
    await expect(startGlue()).rejects.toThrow();
  });

  const literal = /"AGFzbQE[A-Za-z0-9+/]{100000,}={0,2}"/;

  test.each([
    ['no literal', (text: string) => text.replace(literal, '""')],
    ['two literals', (text: string) => text + (literal.exec(text)?.[0] ?? '')],
    ['a literal that is no module', (text: string) => text.replace('AGFzbQEAAAAB', 'AGFzbQEAAAAZ')],
    ['another hook', (text: string) => text.replaceAll('instantiateWasm', 'somethingElse')],
    ['another export', (text: string) => text.replace(/export default (\w+);/, 'export {$1};')],
  ])('is a build error when the library comes with %s', (_name, change) => {
    const changed = change(source);
    expect(changed).not.toBe(source);
    expect(() => extractSodiumWasm(changed)).toThrow(/libsodium/);
  });

  test('in a build ships the module as a file, and no chunk holds it as base64', async () => {
    const files = await buildVerifier([extractSodiumWasmPlugin()]);
    const wasm = files.find((file) => file.fileName.endsWith('.wasm'));
    const bytes = wasm?.type === 'asset' ? Buffer.from(wasm.source) : Buffer.alloc(0);
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(extractSodiumWasm(source).wasm.length * 0.8);
    const chunks = files.filter((file) => file.type === 'chunk');
    const name = basename(wasm?.fileName ?? 'none');
    expect(chunks.some(({ code }) => code.includes(name))).toBe(true);
    expect(chunks.some(({ code }) => code.includes('AGFzbQE'))).toBe(false);
  });

  test('keeps libsodium out of the chunk that verifies the board', async () => {
    const files = await buildVerifier([]);
    const chunks = files.filter((file) => file.type === 'chunk');
    const entry = chunks.find(({ isEntry }) => isEntry);
    const withSodium = chunks.filter(({ code }) => code.includes('AGFzbQE'));
    expect(withSodium).toHaveLength(1);
    expect(entry?.imports).not.toContain(withSodium[0]?.fileName);
    expect(entry?.code.length).toBeLessThan(5000);
  });
});
