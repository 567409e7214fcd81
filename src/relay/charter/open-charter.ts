import { readFile } from 'node:fs/promises';
import { checkAdmission } from '#core/records/checked-record.ts';
import { dayOf } from '#core/types/day.ts';
import type { Clock } from '#core/types/ports.ts';
import { copyBytes } from '#core/types/bytes.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import type { RelayLog } from '../log-port.ts';
import { toProvedRecord } from '../proved-record.ts';
import { Charter } from './charter.ts';
import { readCharter, type CharterProblem } from './signed-charter.ts';

/** Why a relay does not start with this charter; the message says what to do. */
export interface CharterFault {
  readonly code: 'charter';
  readonly message: string;
}

const signAgain = 'Sign it again where its key is: npm run charter -- --help';

const messageOf: Readonly<Record<Exclude<CharterProblem, 'expired'>, (file: string) => string>> = {
  'not-a-charter': (file) => `${file} holds no charter. Make one: npm run charter -- --help`,
  'bad-signature': (file) => `The charter in ${file} was changed after it was signed. ${signAgain}`,
  'from-the-future': (file) =>
    `The charter in ${file} is of a day that has not come. Set this machine's clock. ${signAgain}`,
  'unpublishable-text': (file) =>
    `The name in ${file} has characters that cannot be shown. ${signAgain}`,
};

/**
 * Proves the charter in a file and puts it into the log. Where the log knows a newer revision, that
 * one rules. One that has expired keeps no board from being served: it names nobody.
 */
export async function openCharter(
  file: string,
  log: RelayLog,
  clock: Clock,
): Promise<Result<Charter, CharterFault>> {
  const bytes = await readBytes(file);
  if (!bytes.ok) return bytes;
  const crypto = await createSodiumCrypto();
  const read = readCharter(crypto, bytes.value);
  if (!read.ok) return refuse(read.error.code, file);
  const { record } = read.value;
  const admission = checkAdmission(record, dayOf(clock()));
  if (admission.ok) await log.publish([toProvedRecord(record, bytes.value)]);
  else if (admission.error.code !== 'expired') return refuse(admission.error.code, file);
  return ok(await Charter.open(record.author, log, clock));
}

function refuse(problem: keyof typeof messageOf, file: string): Result<never, CharterFault> {
  return fail({ code: 'charter', message: messageOf[problem](file) });
}

async function readBytes(file: string) {
  try {
    return ok(copyBytes(await readFile(file)));
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const reason = code === 'ENOENT' ? 'is not there' : `cannot be read (${String(code)})`;
    const message = `The charter ${file} ${reason}. Make one: npm run charter -- --help`;
    return fail({ code: 'charter', message } as const);
  }
}
