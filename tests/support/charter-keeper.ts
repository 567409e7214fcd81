import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { charterToContent } from '#core/records/charter.ts';
import { composeRecord } from '#core/records/compose.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { encodeRecord } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { addDays, dayOf } from '#core/types/day.ts';
import type { PersonaKey, PersonaKeyText, PersonaSeed, Slot } from '#core/types/ids.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { cborSequenceType } from '#sync/wire/media-type.ts';

const crypto = await createSodiumCrypto();
let keepers = 0;

/** Whoever holds the key of a board's charter, and names its stewards. */
export class CharterKeeper {
  readonly #seed = new Uint8Array(32).fill(200 + keepers++) as PersonaSeed;
  readonly #clock: { readonly nowMs: number };
  #rev = 0;

  constructor(clock: { readonly nowMs: number }) {
    this.#clock = clock;
  }

  get key(): PersonaKey {
    return crypto.personaKey(this.#seed);
  }

  /** The next revision of the charter, as a record. */
  sign(...stewards: readonly PersonaKeyText[]): Bytes {
    const day = dayOf(this.#clock.nowMs);
    const header = {
      kind: recordKinds.charter,
      slot: new Uint8Array(4) as Slot,
      rev: this.#rev++,
      day,
      until: addDays(day, 180),
    };
    const keys = stewards.map((key) => new Uint8Array(Buffer.from(key, 'base64url')) as PersonaKey);
    const content = charterToContent({ name: 'The lighthouse circle', stewards: keys });
    return encodeRecord(
      composeRecord(crypto, { key: this.key, seed: this.#seed }, header, content),
    );
  }

  /** Calls back with a file that holds a charter without stewards, as a relay starts with one. */
  async withFile<T>(work: (file: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'wallflower-charter-'));
    const file = join(folder, 'charter.cbor');
    await writeFile(file, this.sign());
    try {
      return await work(file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Names other stewards at a relay that runs. */
  async name(origin: string, ...stewards: readonly PersonaKeyText[]): Promise<void> {
    const answer = await fetch(`${origin}/v1/records`, {
      method: 'POST',
      body: this.sign(...stewards),
      headers: { 'content-type': cborSequenceType },
    });
    if (!answer.ok) throw new Error(`the relay did not take the charter: ${answer.status}`);
  }
}
