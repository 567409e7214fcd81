import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeCbor } from '#core/codec/cbor.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { CryptoPort, RandomSource } from '#core/types/ports.ts';
import { OutOfMemoryError } from '#crypto/argon2id.ts';
import { rowClassOf, unpadRow } from '#crypto/row-padding.ts';
import { fillerRow, openRow, sealRow, sealedRowOverheadBytes } from '#crypto/sealed-rows.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { systemRandom } from '#crypto/system-random.ts';
import {
  decodeVaultHeader,
  encodeVaultHeader,
  vaultSlotBytes,
  type VaultHeader,
} from '#crypto/vault-header.ts';
import {
  createMasterKey,
  createVaultHeader,
  deriveRowKey,
  fillVaultSlot,
  openVaultHeader,
  type MasterKey,
  type RowKey,
} from '#crypto/vault-keys.ts';
import { argon2idBounds, calibrateArgon2id } from '#crypto/vault-parameters.ts';

const mebibyte = 1_048_576;
const floor = { passes: argon2idBounds.minPasses, memoryBytes: argon2idBounds.minMemoryBytes };
const wrongPassphrase = { ok: false, error: { code: 'wrong-passphrase' } };

let real: CryptoPort;
/** The same port with an Argon2id that costs nothing but still depends on every argument. */
let crypto: CryptoPort;

beforeAll(async () => {
  real = await createSodiumCrypto();
  crypto = {
    ...real,
    argon2id: (passphrase, salt, passes, memoryBytes) =>
      real.hkdfSha512(salt, passphrase, encodeCbor([passes, memoryBytes]), 32),
  };
});

function createVault(passphrase: string, random: RandomSource = systemRandom) {
  const vault = createVaultHeader(crypto, random, passphrase, floor);
  if (!vault.ok) throw new Error(vault.error.code);
  return vault.value;
}

/** Unpredictable but for single bytes: those are the lot that chooses the slot. */
function drawingLot(slotIndex: 0 | 1): RandomSource {
  return (length) => (length === 1 ? Uint8Array.of(slotIndex) : systemRandom(length));
}

describe('a vault', () => {
  test('opens with its passphrase, really stretched, and yields the same master key', () => {
    const vault = createVaultHeader(real, systemRandom, 'Ärger im Büro', floor);
    if (!vault.ok) throw new Error(vault.error.code);
    const { header, masterKey, slotIndex } = vault.value;
    expect(openVaultHeader(real, header, 'Ärger im Büro')).toEqual({
      ok: true,
      value: { masterKey, slotIndex },
    });
    expect(openVaultHeader(real, header, 'Arger im Buro')).toEqual(wrongPassphrase);
  });

  test('does not care how the keyboard composes an accent', () => {
    const { header } = createVault('caf\u00e9');
    expect(openVaultHeader(crypto, header, 'cafe\u0301').ok).toBe(true);
  });

  test('draws its slot by lot and keeps both the same size', () => {
    const vaults = Array.from({ length: 64 }, () => createVault('x'));
    expect(new Set(vaults.map(({ slotIndex }) => slotIndex))).toEqual(new Set([0, 1]));
    for (const { header } of vaults) {
      expect(header.slots.map((slot) => slot.length)).toEqual([vaultSlotBytes, vaultSlotBytes]);
    }
  });

  test('runs Argon2id once, whichever slot opens or none', () => {
    const argon2id = vi.fn(crypto.argon2id);
    const { header } = createVault('right');
    openVaultHeader({ ...crypto, argon2id }, header, 'right');
    expect(argon2id).toHaveBeenCalledTimes(1);
    openVaultHeader({ ...crypto, argon2id }, header, 'wrong');
    expect(argon2id).toHaveBeenCalledTimes(2);
  });

  test('tries both slots always', () => {
    const aeadOpen = vi.fn(crypto.aeadOpen);
    const { header } = createVault('right');
    openVaultHeader({ ...crypto, aeadOpen }, header, 'right');
    expect(aeadOpen).toHaveBeenCalledTimes(2);
  });

  test('takes a second passphrase with a key of its own in the other slot', () => {
    const first = createVault('first');
    const other = first.slotIndex === 0 ? 1 : 0;
    const second = { masterKey: createMasterKey(systemRandom), slotIndex: other } as const;
    const both = fillVaultSlot(crypto, systemRandom, first.header, 'second', second);
    if (!both.ok) throw new Error(both.error.code);
    expect(openVaultHeader(crypto, both.value, 'second')).toEqual({ ok: true, value: second });
    expect(openVaultHeader(crypto, both.value, 'first')).toEqual({
      ok: true,
      value: { masterKey: first.masterKey, slotIndex: first.slotIndex },
    });
  });

  test.each([
    [0, 1],
    [1, 0],
  ] as const)('in slot %i refuses its passphrase for slot %i', (own, other) => {
    const { header } = createVault('same', drawingLot(own));
    const second = { masterKey: createMasterKey(systemRandom), slotIndex: other } as const;
    expect(fillVaultSlot(crypto, systemRandom, header, 'same', second)).toEqual({
      ok: false,
      error: { code: 'passphrase-in-use' },
    });
  });

  test.each([0, 1] as const)(
    'in slot %i changes its passphrase, or keeps it, and its key',
    (lot) => {
      const { header, masterKey, slotIndex } = createVault('old', drawingLot(lot));
      expect(slotIndex).toBe(lot);
      const kept = fillVaultSlot(crypto, systemRandom, header, 'old', { masterKey, slotIndex });
      expect(kept.ok).toBe(true);
      const changed = fillVaultSlot(crypto, systemRandom, header, 'new', { masterKey, slotIndex });
      if (!changed.ok) throw new Error(changed.error.code);
      expect(openVaultHeader(crypto, changed.value, 'new')).toEqual({
        ok: true,
        value: { masterKey, slotIndex },
      });
      expect(openVaultHeader(crypto, changed.value, 'old')).toEqual(wrongPassphrase);
    },
  );

  test('does not open when slots are swapped or any byte of it is altered', () => {
    const { header } = createVault('right');
    const [first, second] = header.slots;
    expect(openVaultHeader(crypto, { ...header, slots: [second, first] }, 'right')).toEqual(
      wrongPassphrase,
    );
    expect(openVaultHeader(crypto, { ...header, passes: 3 }, 'right')).toEqual(wrongPassphrase);
    const used = createVault('right');
    for (let index = 0; index < vaultSlotBytes; index++) {
      const slots = used.header.slots.map((slot) =>
        slot.map((byte, at) => (at === index ? byte ^ 1 : byte)),
      ) as [Bytes, Bytes];
      expect(openVaultHeader(crypto, { ...used.header, slots }, 'right')).toEqual(wrongPassphrase);
    }
  });

  test('says when the memory is refused, which is no wrong passphrase', () => {
    const { header } = createVault('right');
    const starved: CryptoPort = {
      ...crypto,
      argon2id: () => {
        throw new OutOfMemoryError();
      },
    };
    expect(openVaultHeader(starved, header, 'right')).toEqual({
      ok: false,
      error: { code: 'out-of-memory' },
    });
  });
});

describe('a stored header', () => {
  test('comes back as it was', () => {
    const { header } = createVault('x');
    expect(decodeVaultHeader(encodeVaultHeader(header))).toEqual({ ok: true, value: header });
  });

  const tampered: readonly Partial<VaultHeader>[] = [
    { passes: 1 },
    { passes: 17 },
    { memoryBytes: 63 * mebibyte },
    { memoryBytes: 257 * mebibyte },
    { memoryBytes: 64 * mebibyte + 1 },
    { memoryBytes: 4 * 1024 * mebibyte },
  ];

  test.each(tampered)('with %j is refused before any work', (change) => {
    const header = { ...createVault('x').header, ...change };
    expect(decodeVaultHeader(encodeVaultHeader(header)).ok).toBe(false);
    const argon2id = vi.fn(crypto.argon2id);
    expect(openVaultHeader({ ...crypto, argon2id }, header, 'x')).toEqual({
      ok: false,
      error: { code: 'parameters-out-of-bounds' },
    });
    expect(argon2id).not.toHaveBeenCalled();
  });

  test.each([
    { passes: 16, memoryBytes: 256 * mebibyte },
    { passes: 2, memoryBytes: 64 * mebibyte },
  ])('with %j, the last that are allowed, is read', (parameters) => {
    const header = { ...createVault('x').header, ...parameters };
    expect(decodeVaultHeader(encodeVaultHeader(header))).toEqual({ ok: true, value: header });
  });

  test('with parameters out of bounds has a wrong shape', () => {
    const header = { ...createVault('x').header, passes: 1 };
    expect(decodeVaultHeader(encodeVaultHeader(header))).toEqual({
      ok: false,
      error: { code: 'malformed-cbor', reason: 'wrong-shape' },
    });
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeVaultHeader(bytes).ok).toBe(false);
      }),
    );
    const encoded = encodeVaultHeader(createVault('x').header);
    for (let length = 0; length < encoded.length; length++) {
      expect(decodeVaultHeader(encoded.slice(0, length)).ok).toBe(false);
    }
  });
});

describe('calibration', () => {
  /** A device whose Argon2id takes so long for a MiB and a pass, and has so much memory. */
  function device(msPerMebibytePass: number, memoryMebibytes = 4096) {
    let nowMs = 0;
    const argon2id: CryptoPort['argon2id'] = (_passphrase, _salt, passes, memoryBytes) => {
      if (memoryBytes > memoryMebibytes * mebibyte) throw new OutOfMemoryError();
      nowMs += (memoryBytes / mebibyte) * passes * msPerMebibytePass;
      return new Uint8Array(32);
    };
    return calibrateArgon2id({ ...crypto, argon2id }, () => nowMs, 1000);
  }

  test.each([
    ['a fast device', 0.5, 256, 7],
    ['a very fast one', 0.01, 256, 16],
    ['a middling one', 2.5, 192, 2],
    ['a slow one', 5, 96, 2],
    ['one slower than the floor allows', 50, 64, 2],
  ])('gives %s as much as the time allows', (_name, msPerMebibytePass, mebibytes, passes) => {
    expect(device(msPerMebibytePass)).toEqual({
      ok: true,
      value: { memoryBytes: mebibytes * mebibyte, passes },
    });
  });

  test('takes more passes where memory is short', () => {
    expect(device(1, 100)).toEqual({ ok: true, value: { memoryBytes: 96 * mebibyte, passes: 10 } });
  });

  test('does not take memory that turns out slower than its size says', () => {
    let nowMs = 0;
    const argon2id: CryptoPort['argon2id'] = (_passphrase, _salt, passes, memoryBytes) => {
      const swapping = memoryBytes > 128 * mebibyte ? 10 : 1;
      nowMs += (memoryBytes / mebibyte) * passes * swapping;
      return new Uint8Array(32);
    };
    expect(calibrateArgon2id({ ...crypto, argon2id }, () => nowMs, 1000)).toEqual({
      ok: true,
      value: { memoryBytes: 128 * mebibyte, passes: 7 },
    });
  });

  test('does not try what would foreseeably take too long', () => {
    let nowMs = 0;
    const tried: number[] = [];
    const argon2id: CryptoPort['argon2id'] = (_passphrase, _salt, passes, memoryBytes) => {
      tried.push(memoryBytes / mebibyte);
      nowMs += (memoryBytes / mebibyte) * passes * 5;
      return new Uint8Array(32);
    };
    calibrateArgon2id({ ...crypto, argon2id }, () => nowMs, 1000);
    expect(tried).toEqual([64, 96]);
  });

  test('takes what needs the time to the millisecond', () => {
    expect(device(1000 / 512)).toEqual({
      ok: true,
      value: { memoryBytes: 256 * mebibyte, passes: 2 },
    });
  });

  test('tries what may just fit', () => {
    let nowMs = 0;
    const argon2id: CryptoPort['argon2id'] = (_passphrase, _salt, _passes, memoryBytes) => {
      nowMs += memoryBytes === 64 * mebibyte ? 640 : 1001;
      return new Uint8Array(32);
    };
    const tried = vi.fn(argon2id);
    calibrateArgon2id({ ...crypto, argon2id: tried }, () => nowMs, 960);
    expect(tried).toHaveBeenCalledTimes(2);
  });

  test('does not take an error of its own program for a lack of memory', () => {
    const argon2id = () => {
      throw new RangeError('a bug');
    };
    expect(() => calibrateArgon2id({ ...crypto, argon2id }, () => 0, 1000)).toThrow('a bug');
  });

  test('fails only below the floor', () => {
    expect(device(1, 63)).toEqual({ ok: false, error: { code: 'out-of-memory' } });
  });
});

describe('a sealed row', () => {
  const rowKey = () => deriveRowKey(crypto, new Uint8Array(32).fill(1) as MasterKey);
  const seal = (plaintext: Uint8Array, key: RowKey = rowKey()) =>
    sealRow(crypto, systemRandom, key, 'messages', 'row-1', plaintext);

  test('comes back whatever its length, in its size class', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40_000 }), (length) => {
        const plaintext = systemRandom(length);
        const sealed = seal(plaintext);
        expect(openRow(crypto, rowKey(), 'messages', 'row-1', sealed)).toEqual({
          ok: true,
          value: plaintext,
        });
        expect(sealed.length).toBe(rowClassOf(length) + sealedRowOverheadBytes);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    [0, 256],
    [255, 256],
    [256, 1024],
    [1023, 1024],
    [4095, 4096],
    [4096, 16_384],
    [16_383, 16_384],
    [16_384, 32_768],
    [32_768, 49_152],
  ])('of %i bytes is padded to %i', (length, classBytes) => {
    expect(rowClassOf(length)).toBe(classBytes);
  });

  test('does not open under another table, id or key, or altered', () => {
    const sealed = seal(Uint8Array.of(1));
    const notAuthentic = { ok: false, error: { code: 'not-authentic' } };
    expect(openRow(crypto, rowKey(), 'drafts', 'row-1', sealed)).toEqual(notAuthentic);
    expect(openRow(crypto, rowKey(), 'messages', 'row-2', sealed)).toEqual(notAuthentic);
    const otherKey = deriveRowKey(crypto, new Uint8Array(32) as MasterKey);
    expect(openRow(crypto, otherKey, 'messages', 'row-1', sealed)).toEqual(notAuthentic);
    for (const index of [0, 24, sealed.length - 1]) {
      const altered = sealed.map((byte, at) => (at === index ? byte ^ 1 : byte));
      expect(openRow(crypto, rowKey(), 'messages', 'row-1', altered)).toEqual(notAuthentic);
    }
    for (const length of [0, 39, 40]) {
      expect(openRow(crypto, rowKey(), 'messages', 'row-1', sealed.slice(0, length))).toEqual(
        notAuthentic,
      );
    }
  });

  test('never uses a nonce twice', () => {
    const nonces = new Set(
      Array.from({ length: 100 }, () => seal(new Uint8Array(1)).slice(0, 24).join()),
    );
    expect(nonces.size).toBe(100);
  });

  test('cannot be told from filler by length, and filler never opens', () => {
    const filler = fillerRow(systemRandom, 1024);
    expect(filler.length).toBe(seal(new Uint8Array(300)).length);
    expect(openRow(crypto, rowKey(), 'messages', 'row-1', filler).ok).toBe(false);
  });
});

describe('unpadding', () => {
  test('is total: what padding never writes is refused', () => {
    const refused = { ok: false, error: { code: 'malformed-padding' } };
    expect(unpadRow(new Uint8Array(0))).toEqual(refused);
    expect(unpadRow(new Uint8Array(256))).toEqual(refused);
    expect(unpadRow(new Uint8Array(256).fill(1))).toEqual(refused);
    const tooLarge = new Uint8Array(1024);
    tooLarge[10] = 0x80;
    expect(unpadRow(tooLarge)).toEqual(refused);
  });
});
