import { expect, test } from 'vitest';
import { keepExports } from '../../../scripts/wasm-keep.mjs';

/** `one` calls `two`; `three` calls nobody; nobody calls `three`. Each adds 1 to what it gets. */
const wasm = Uint8Array.from(
  [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
    [0x03, 0x04, 0x03, 0x00, 0x00, 0x00],
    [0x07, 0x0a, 0x02, 0x01, 0x61, 0x00, 0x00, 0x02, 0x63, 0x63, 0x00, 0x02],
    [0x0a, 0x13, 0x03, 0x07, 0x00, 0x10, 0x01, 0x41, 0x01, 0x6a, 0x0b],
    [0x04, 0x00, 0x41, 0x28, 0x0b, 0x04, 0x00, 0x41, 0x03, 0x0b],
  ].flat(),
);

const exportsOf = async (bytes: Uint8Array) => {
  const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes));
  return instance.exports as Record<string, () => number>;
};

test('what a kept export calls is kept, under the same numbers', async () => {
  const { a, cc } = await exportsOf(keepExports(wasm, new Set(['a'])));
  expect(a?.()).toBe(41);
  expect(cc).toBeUndefined();
});

test('what is kept keeps its bytes: with all exports the module is the same', () => {
  expect(keepExports(wasm, new Set(['a', 'cc']))).toEqual(Buffer.from(wasm));
});

test('what is not reached is gone', () => {
  expect(keepExports(wasm, new Set(['a'])).includes(Buffer.from([0x41, 0x03, 0x0b]))).toBe(false);
  expect(keepExports(wasm, new Set(['cc'])).includes(Buffer.from([0x41, 0x28, 0x0b]))).toBe(false);
});

test('an instruction that is not known is an error, and so is half a module', () => {
  const unknown = wasm.map((byte) => (byte === 0x6a ? 0xfd : byte));
  expect(() => keepExports(unknown, new Set(['a']))).toThrow(/0xfd/);
  expect(() => keepExports(wasm.subarray(0, -2), new Set(['a']))).toThrow(/too early/);
});
