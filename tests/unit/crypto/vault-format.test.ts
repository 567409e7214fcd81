import { argon2Sync } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encode } from 'cborg';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '#core/types/bytes.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { openRow } from '#crypto/sealed-rows.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { decodeVaultHeader } from '#crypto/vault-header.ts';
import {
  createVaultHeader,
  deriveRowKey,
  fillVaultSlot,
  openVaultHeader,
  type MasterKey,
} from '#crypto/vault-keys.ts';

/*
 * A second writer of the vault, straight down the page of docs/protocol.md and on other libraries:
 * what is on people's disks must open after every change of the code.
 */
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);
const utf8 = (text: string) => new TextEncoder().encode(text);
const join = (...parts: readonly Uint8Array[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const passes = 2;
const memoryBytes = 67_108_864;
const salt = filled(16, 1);
const masterKey = filled(32, 2) as MasterKey;
const slotNonce = filled(24, 3);
const rowNonce = filled(24, 4);

let crypto: CryptoPort;
let wrappingKey: Uint8Array;

beforeAll(async () => {
  crypto = await createSodiumCrypto();
  const stretched = argon2Sync('argon2id', {
    message: utf8('caf\u00e9'),
    nonce: salt,
    passes,
    memory: memoryBytes / 1024,
    parallelism: 1,
    tagLength: 32,
  });
  wrappingKey = hkdf(sha512, stretched, filled(64, 0), utf8('wallflower/vault-slot/1\0'), 32);
});

/** A slot as the page says: nonce 24, then the master key sealed over label and context. */
function slotOf(slotIndex: 0 | 1): Uint8Array {
  const context = join(
    utf8('wallflower/vault-slot/1\0'),
    encode([1, salt, passes, memoryBytes, slotIndex]),
  );
  return join(slotNonce, xchacha20poly1305(wrappingKey, slotNonce, context).encrypt(masterKey));
}

describe('a vault that another program wrote', () => {
  test.each([0, 1] as const)('opens by its passphrase in slot %i', (slotIndex) => {
    const slots: Uint8Array[] = [filled(72, 9), filled(72, 9)];
    slots[slotIndex] = slotOf(slotIndex);
    const stored = decodeVaultHeader(encode([1, salt, passes, memoryBytes, ...slots]));
    if (!stored.ok) throw new Error(stored.error.reason);
    expect(openVaultHeader(crypto, stored.value, 'cafe\u0301')).toEqual({
      ok: true,
      value: { masterKey, slotIndex },
    });
  });

  test('gives up its rows', () => {
    const rowKey = hkdf(sha512, masterKey, filled(64, 0), utf8('wallflower/vault-rows/1\0'), 32);
    const plaintext = utf8('ten in the morning');
    const padded = new Uint8Array(256);
    padded.set([...plaintext, 0x80]);
    const context = encode(['messages', 'row-1']);
    const sealed = join(
      rowNonce,
      xchacha20poly1305(rowKey, rowNonce, context).encrypt(padded),
    ) as Bytes;
    const opened = openRow(crypto, deriveRowKey(crypto, masterKey), 'messages', 'row-1', sealed);
    expect(opened).toEqual({ ok: true, value: plaintext });
  });

  test('holds an authentic row without padding: that is said, not called a forgery', () => {
    const rowKey = deriveRowKey(crypto, masterKey);
    const context = encode(['messages', 'row-1']);
    const sealed = join(
      rowNonce,
      xchacha20poly1305(rowKey, rowNonce, context).encrypt(new Uint8Array(0)),
    );
    expect(openRow(crypto, rowKey, 'messages', 'row-1', sealed)).toEqual({
      ok: false,
      error: { code: 'malformed-padding' },
    });
  });
});

describe('a vault that this program writes', () => {
  /** Draws in the order of the page: salt, slots, lot, master key, nonce. */
  const drawing = (lot: number) => {
    const draws = [salt, filled(72, 9), filled(72, 8), filled(1, lot), masterKey, slotNonce];
    return (length: number): Bytes => {
      const next = draws.shift();
      if (next?.length !== length) throw new Error(`no draw of ${String(length)} bytes`);
      return new Uint8Array(next);
    };
  };

  test.each([
    [0xfe, 0],
    [0xff, 1],
  ] as const)('is the same byte for byte, its slot drawn by the lowest bit of %i', (lot, slot) => {
    const made = createVaultHeader(crypto, drawing(lot), 'caf\u00e9', { passes, memoryBytes });
    if (!made.ok) throw new Error(made.error.code);
    expect(made.value.slotIndex).toBe(slot);
    const { slots } = made.value.header;
    expect(bytesToHex(slots[slot])).toBe(bytesToHex(slotOf(slot)));
    expect(slots[slot === 0 ? 1 : 0]).toEqual(filled(72, slot === 0 ? 8 : 9));
  });
});

describe('a vault is not written', () => {
  const outOfBounds = { ok: false, error: { code: 'parameters-out-of-bounds' } };
  const random = (length: number): Bytes => new Uint8Array(length);

  test('with parameters that would not be read', () => {
    const weak = { passes: 1, memoryBytes };
    expect(createVaultHeader(crypto, random, 'x', weak)).toEqual(outOfBounds);
    const header = { version: 1, salt, ...weak, slots: [filled(72, 1), filled(72, 2)] } as const;
    expect(fillVaultSlot(crypto, random, header, 'x', { masterKey, slotIndex: 0 })).toEqual(
      outOfBounds,
    );
  });

  test.each(['createVaultHeader', 'openVaultHeader'])(
    'nor read when %s meets an error of its own program: that is no lack of memory',
    (name) => {
      const broken: CryptoPort = {
        ...crypto,
        argon2id: () => {
          throw new RangeError('a bug');
        },
      };
      const slots = [filled(72, 1), filled(72, 2)] as const;
      const header = { version: 1, salt, passes, memoryBytes, slots } as const;
      expect(() =>
        name === 'createVaultHeader'
          ? createVaultHeader(broken, random, 'x', { passes, memoryBytes })
          : openVaultHeader(broken, header, 'x'),
      ).toThrow('a bug');
    },
  );
});
