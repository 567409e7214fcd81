import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import { charterToContent } from '#core/records/charter.ts';
import { checkAdmission } from '#core/records/checked-record.ts';
import { composeRecord, type Signer } from '#core/records/compose.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { encodeRecord, singletonSlot, type RecordHeader } from '#core/records/record.ts';
import { copyBytes, equalBytes, type Bytes } from '#core/types/bytes.ts';
import { addDays, dayOf, type Day } from '#core/types/day.ts';
import type { PersonaKey, PersonaSeed } from '#core/types/ids.ts';
import type { Clock, CryptoPort } from '#core/types/ports.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import type { CharterOrder } from './charter-order.ts';
import { readCharter } from './signed-charter.ts';

/** What was signed. */
export interface FilledOrder {
  readonly author: PersonaKey;
  readonly until: Day;
  readonly isKeyNew: boolean;
}

/** Why nothing was written; the message says what to do. */
export interface FillFault {
  readonly code: 'key' | 'charter' | 'clock' | 'file';
  readonly message: string;
}

const seedBytes = 32;

/** Signs a charter and writes it, and its key where there is none yet. Of what is refused, nothing is written. */
export async function fillOrder(
  crypto: Pick<CryptoPort, 'personaKey' | 'sign' | 'verify'>,
  order: CharterOrder,
  clock: Clock,
): Promise<Result<FilledOrder, FillFault>> {
  const { keyFile, charterFile, name, stewards } = order;
  const kept = await readKey(keyFile);
  if (!kept.ok) return kept;
  const isKeyNew = kept.value === undefined;
  const seed = kept.value ?? (copyBytes(randomBytes(seedBytes)) as PersonaSeed);
  const signer: Signer = { key: crypto.personaKey(seed), seed };
  const previous = await readPrevious(crypto, charterFile, signer.key);
  if (!previous.ok) return previous;
  const header = headerAfter(previous.value, clock, order.lifetimeDays);
  const record = composeRecord(crypto, signer, header, charterToContent({ name, stewards }));
  const bytes = encodeRecord(record);
  const proved = readCharter(crypto, bytes);
  if (!proved.ok || !checkAdmission(proved.value.record, dayOf(clock())).ok) {
    const message = `No relay would take this charter: a day is wrong. Set this machine's clock, or move ${charterFile} away.`;
    return fail({ code: 'clock', message });
  }
  const written = await writeFiles({
    keyFile,
    charterFile,
    bytes,
    newSeed: isKeyNew ? seed : null,
  });
  return written.ok ? ok({ author: signer.key, until: header.until, isKeyNew }) : written;
}

/** Wins over what was signed before, also where that was lost: no charter is signed every second. */
function headerAfter(
  previous: RecordHeader | undefined,
  clock: Clock,
  lifetimeDays: number,
): RecordHeader {
  const seconds = Math.floor(clock() / 1_000);
  const day = Math.max(dayOf(clock()), previous?.day ?? 0) as Day;
  return {
    kind: recordKinds.charter,
    slot: singletonSlot,
    rev: Math.max(seconds, (previous?.rev ?? 0) + 1),
    day,
    until: addDays(day, lifetimeDays),
  };
}

async function readKey(file: string): Promise<Result<PersonaSeed | undefined, FillFault>> {
  const bytes = await readIfThere(file);
  if (!bytes.ok) return bytes;
  if (bytes.value === undefined) return ok(undefined);
  const seed = base64UrlToBytes(new TextDecoder().decode(bytes.value).trim());
  if (seed.ok && seed.value.length === seedBytes) return ok(seed.value as PersonaSeed);
  const message = `${file} is there, but holds no charter's key. Name another file with --key.`;
  return fail({ code: 'key', message });
}

/** The charter that is to be replaced; nothing else is overwritten. */
async function readPrevious(
  crypto: Pick<CryptoPort, 'verify'>,
  file: string,
  author: PersonaKey,
): Promise<Result<RecordHeader | undefined, FillFault>> {
  const bytes = await readIfThere(file);
  if (!bytes.ok) return bytes;
  if (bytes.value === undefined) return ok(undefined);
  const charter = readCharter(crypto, bytes.value);
  if (!charter.ok) {
    const message = `${file} is there, but holds no charter. Name another file with --out.`;
    return fail({ code: 'charter', message });
  }
  const { record } = charter.value;
  if (equalBytes(record.author, author)) return ok(record.header);
  const message = `The charter in ${file} is by another key. Give its own key with --key, or name another file with --out.`;
  return fail({ code: 'charter', message });
}

async function writeFiles({
  keyFile,
  charterFile,
  bytes,
  newSeed,
}: {
  readonly keyFile: string;
  readonly charterFile: string;
  readonly bytes: Bytes;
  readonly newSeed: PersonaSeed | null;
}): Promise<Result<void, FillFault>> {
  const draft = `${charterFile}.new`;
  try {
    await writeFile(draft, bytes, { flush: true });
    if (newSeed !== null) {
      const text = `${bytesToBase64Url(newSeed)}\n`;
      await writeFile(keyFile, text, { flag: 'wx', mode: 0o600, flush: true });
    }
    await rename(draft, charterFile);
    return ok(undefined);
  } catch (error) {
    await rm(draft, { force: true });
    return fail(describeFault(error, `${charterFile} or ${keyFile} cannot be written`));
  }
}

async function readIfThere(file: string): Promise<Result<Bytes | undefined, FillFault>> {
  try {
    return ok(copyBytes(await readFile(file)));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ok(undefined);
    return fail(describeFault(error, `${file} cannot be read`));
  }
}

function describeFault(error: unknown, what: string): FillFault {
  const message = `${what} (${codeOf(error)}). Name files that you may write.`;
  return { code: 'file', message };
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}
