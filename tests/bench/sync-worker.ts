import { decodePack, PackReader } from '#core/records/pack-reader.ts';
import { recordSigningBytes, type SignedRecord } from '#core/records/record.ts';
import { dayOf } from '#core/types/day.ts';
import { createSignatureVerifier } from '#crypto/signature-verifier.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { takeLead } from '#storage/lead.ts';
import { proveRecords, takeInRecords, type IntakeContext } from '#sync/record-intake.ts';
import { answerCalls } from './answer-calls.ts';

/** As downloadPack reads a pack, and as takeInRecords takes a segment's parts. */
const readBytes = 8_192;
const partRecords = 256;
const verifyBatch = 64;

let packs: readonly Uint8Array<ArrayBuffer>[] = [];

function load(base64: readonly string[]): Promise<number> {
  packs = base64.map((text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));
  return Promise.resolve(packs.length);
}

async function eachPart(take: (part: readonly SignedRecord[]) => Promise<void>): Promise<void> {
  for (const pack of packs) {
    const reader = new PackReader();
    for (let at = 0; at < pack.length; at += readBytes) {
      const segment = reader.push(pack.subarray(at, at + readBytes));
      if (!segment.ok) throw new Error(segment.error.code);
      for (let first = 0; first < segment.value.length; first += partRecords) {
        await take(segment.value.slice(first, first + partRecords));
      }
    }
    if (!reader.finish().ok) throw new Error('a pack was cut short');
  }
}

async function withBoard(
  take: (context: IntakeContext, part: readonly SignedRecord[]) => Promise<number>,
) {
  const db = new WallflowerDatabase();
  await takeLead(db, 'bench');
  const context = { db, verify: await createSignatureVerifier(), today: dayOf(Date.now()) };
  let records = 0;
  const begun = performance.now();
  await eachPart(async (part) => {
    records += await take(context, part);
  });
  const ms = performance.now() - begun;
  db.close();
  return { ms, records };
}

/** Unpacked, read, checked and verified by the engine's own code; nothing is stored. */
function decodeAndVerify() {
  return withBoard(async (context, part) => (await proveRecords(context, part)).proved.length);
}

/** The same, and into the board's store. */
function takeIn() {
  return withBoard(async (context, part) => (await takeInRecords(context, part)).changed.length);
}

/** What the browser's own Ed25519 takes, one promise for each record, with each key imported once. */
async function verifyAlone() {
  const { subtle } = globalThis.crypto;
  const claims = packs.flatMap((pack) => {
    const records = decodePack(pack);
    return records.ok ? records.value : [];
  });
  const keys = new Map<string, CryptoKey>();
  const messages = claims.map(({ author, body }) => recordSigningBytes(author, body));
  const begun = performance.now();
  for (let first = 0; first < claims.length; first += verifyBatch) {
    const verdicts = await Promise.all(
      claims.slice(first, first + verifyBatch).map(async ({ author, signature }, index) => {
        const name = String.fromCharCode(...author);
        const key =
          keys.get(name) ?? (await subtle.importKey('raw', author, 'Ed25519', false, ['verify']));
        keys.set(name, key);
        return subtle.verify('Ed25519', key, signature, messages[first + index] ?? author);
      }),
    );
    if (verdicts.includes(false)) throw new Error('a record does not prove itself');
  }
  return { ms: performance.now() - begun, records: claims.length };
}

answerCalls({ load, decodeAndVerify, takeIn, verifyAlone });
