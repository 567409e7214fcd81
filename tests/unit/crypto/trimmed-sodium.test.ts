import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { loadSodium, type Sodium } from '#crypto/sodium.ts';
import { sodiumCalls } from '../../../scripts/sodium-calls.mjs';
import { trimNative, trimWrappers } from '../../../scripts/trim-sodium.mjs';
import { extractSodiumWasm } from '../../../scripts/vite-extract-sodium-wasm.mjs';

const cryptoRoom = fileURLToPath(new URL('../../../src/crypto', import.meta.url));
const require = createRequire(import.meta.url);
let wrappersSource: string;
let nativeSource: string;

beforeAll(async () => {
  const read = (name: string, file: string) =>
    readFile(join(dirname(require.resolve(name)), '../modules-sumo-esm', file), 'utf8');
  wrappersSource = await read('libsodium-wrappers-sumo', 'libsodium-wrappers.mjs');
  nativeSource = await read('libsodium-sumo', 'libsodium-sumo.mjs');
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const asModule = (code: string) =>
  `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;

/** libsodium as a build has it. */
async function loadTrimmed(): Promise<Sodium> {
  const wrappers = trimWrappers(wrappersSource);
  const extracted = extractSodiumWasm(nativeSource);
  const { glue, wasm } = trimNative(extracted.glue('"/libsodium.wasm"'), extracted.wasm, wrappers);
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(new Uint8Array(wasm))));
  const code = wrappers.replace('"libsodium-sumo"', JSON.stringify(asModule(glue)));
  const { default: sodium } = (await import(/* @vite-ignore */ asModule(code))) as {
    default: Sodium;
  };
  await sodium.ready;
  return sodium;
}

const bytes = (length: number, first: number) =>
  Uint8Array.from({ length }, (_, index) => (first + index) & 0xff);

/** One use of everything that is called, with fixed bytes. */
function useEverything(sodium: Sodium): Record<string, unknown> {
  const seed = bytes(32, 1);
  const kem = sodium.crypto_kem_xwing_seed_keypair(seed);
  const sent = sodium.crypto_kem_xwing_enc_deterministic(kem.publicKey, bytes(64, 9));
  const signer = sodium.crypto_sign_seed_keypair(seed);
  const signature = sodium.crypto_sign_detached(bytes(90, 3), signer.privateKey);
  const sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
    bytes(1_000, 5),
    bytes(20, 6),
    null,
    bytes(24, 7),
    seed,
  );
  const hmac = sodium.crypto_auth_hmacsha512_init(seed);
  sodium.crypto_auth_hmacsha512_update(hmac, bytes(300, 2));
  const begin = () => sodium.crypto_secretstream_xchacha20poly1305_init_pull(bytes(24, 8), seed);
  const chunk = sodium.crypto_secretstream_xchacha20poly1305_push(
    begin(),
    bytes(500, 4),
    null,
    sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL,
  );
  return {
    kem,
    sent,
    received: sodium.crypto_kem_xwing_dec(sent.ciphertext, kem.privateKey),
    signer,
    signature,
    verified: sodium.crypto_sign_verify_detached(signature, bytes(90, 3), signer.publicKey),
    forged: sodium.crypto_sign_verify_detached(signature, bytes(90, 4), signer.publicKey),
    sealed,
    opened: sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      null,
      sealed,
      bytes(20, 6),
      bytes(24, 7),
      seed,
    ),
    hmac: sodium.crypto_auth_hmacsha512_final(hmac),
    hmacAtOnce: sodium.crypto_auth_hmacsha512(bytes(300, 2), seed),
    chunk,
    pulled: sodium.crypto_secretstream_xchacha20poly1305_pull(begin(), chunk, null),
    tag: sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
    point: sodium.crypto_scalarmult_base(seed),
    shared: sodium.crypto_scalarmult(seed, sodium.crypto_scalarmult_base(bytes(32, 40))),
    stretched: sodium.crypto_pwhash(
      32,
      'a passphrase',
      bytes(16, 3),
      2,
      1_048_576,
      sodium.crypto_pwhash_ALG_ARGON2ID13,
    ),
  };
}

test('the trimmed libsodium answers as the whole one does', async () => {
  const whole = await loadSodium();
  if (!whole.ok) throw new Error(whole.error.code);
  const expected = useEverything(whole.value);
  expect(expected['verified']).toBe(true);
  expect(useEverything(await loadTrimmed())).toEqual(expected);
});

test('every function that is not called is left out', async () => {
  const trimmed = await loadTrimmed();
  const functions = Object.keys(trimmed).filter((name) => name.startsWith('crypto_'));
  const ofItsSelfTest = ['KEYBYTES', 'NONCEBYTES', 'easy', 'open_easy'];
  expect(functions.toSorted()).toEqual(
    [...sodiumCalls, ...ofItsSelfTest.map((name) => `crypto_secretbox_${name}`)].toSorted(),
  );
});

test('the list of calls holds what src/crypto calls, and nothing else', async () => {
  const files = await readdir(cryptoRoom);
  const texts = await Promise.all(files.map((file) => readFile(join(cryptoRoom, file), 'utf8')));
  const called = texts.flatMap((text) =>
    [
      ...text.matchAll(
        /\bsodium\.(crypto_\w+|randombytes\w*|[a-z]+zero|to_\w+|from_\w+|pad|unpad)\b/g,
      ),
    ].map(([, name = '']) => name),
  );
  expect([...new Set(called)].toSorted()).toEqual([...sodiumCalls].toSorted());
});

test('a library of another form is a build error', () => {
  expect(() => trimWrappers(wrappersSource.replace('["crypto_aead', '["sodium_aead'))).toThrow(
    /libsodium/,
  );
  const { glue, wasm } = extractSodiumWasm(nativeSource);
  const renamed = glue('""').replaceAll('._crypto_', '.__crypto_');
  expect(() => trimNative(renamed, wasm, trimWrappers(wrappersSource))).toThrow(/libsodium/);
});
