import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import { maxLifetimeDays } from '#core/records/record.ts';
import { cleanText, countCharacters } from '#core/records/text.ts';
import type { PersonaKey } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { charterLimits } from '#core/types/trust-terms.ts';

/** A charter as its operator asks for it. */
export interface CharterOrder {
  readonly name: string;
  readonly stewards: readonly PersonaKey[];
  readonly keyFile: string;
  readonly charterFile: string;
  readonly lifetimeDays: number;
}

/** Why nothing is signed; the message says what to do. */
export interface OrderFault {
  readonly code: 'help' | 'bad-order';
  readonly message: string;
}

const usage = `Signs the charter of a board: who runs it, and which stewards may give stars.

  npm run charter -- --name "Who runs this board" --steward KEY [--steward KEY ...]
                     --key charter.key --out charter.cbor [--days 180]

  --name      who runs the board, at most ${charterLimits.nameCharacters} characters
  --steward   a steward's persona key: in their app under Me, the persona, Copy key;
              repeat it for each one, at most ${charterLimits.stewards}. All of them, each time
  --key       file of the charter's own key; made if it is not there
  --out       file of the charter, for the relay's --charter
  --days      how long the charter stands, 1 to ${maxLifetimeDays} (${maxLifetimeDays})`;

const personaKeyCharacters = 43;
const personaKeyText = /^[A-Za-z0-9_-]{43}$/;

/** Reads the flags of `npm run charter`. */
export function readCharterOrder(args: readonly string[]): Result<CharterOrder, OrderFault> {
  const given = readFlags(args);
  if (!given.ok) return given;
  const { name: givenName, steward, key, out, days, help } = given.value;
  if (help === true) return fail({ code: 'help', message: usage });
  if (givenName === undefined || key === undefined || out === undefined) {
    return refuse('--name, --steward, --key and --out are needed. --help shows them.');
  }
  const name = cleanText(givenName);
  if (name === '' || countCharacters(name) > charterLimits.nameCharacters) {
    return refuse(`--name must be 1 to ${charterLimits.nameCharacters} characters.`);
  }
  const stewards = readStewards(steward ?? []);
  if (!stewards.ok) return stewards;
  if (!/^[0-9]{1,3}$/.test(days) || Number(days) < 1 || Number(days) > maxLifetimeDays) {
    return refuse(`--days must be a whole number from 1 to ${maxLifetimeDays}.`);
  }
  if (resolve(key) === resolve(out)) {
    return refuse('--key and --out must be two files. The key stays secret, the charter does not.');
  }
  return ok({
    name,
    stewards: stewards.value,
    keyFile: key,
    charterFile: out,
    lifetimeDays: Number(days),
  });
}

function readFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: joinKeys(args),
      options: {
        name: { type: 'string' },
        steward: { type: 'string', multiple: true },
        key: { type: 'string' },
        out: { type: 'string' },
        days: { type: 'string', default: String(maxLifetimeDays) },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return ok(values);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : 'Unreadable flags';
    return refuse(`${reason}. --help lists what there is.`);
  }
}

/** One key in 64 begins with a dash, which would be taken for a flag. */
function joinKeys(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    if (joined.at(-1) === '--steward' && personaKeyText.test(arg)) {
      joined[joined.length - 1] = `--steward=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}

function readStewards(texts: readonly string[]): Result<readonly PersonaKey[], OrderFault> {
  if (texts.length === 0) return refuse('Name at least one steward: --steward KEY.');
  if (texts.length > charterLimits.stewards) {
    return refuse(`A charter has at most ${charterLimits.stewards} stewards.`);
  }
  const stewards: PersonaKey[] = [];
  for (const [index, text] of texts.entries()) {
    const key = base64UrlToBytes(text);
    if (!key.ok || text.length !== personaKeyCharacters) {
      return refuse(
        `--steward ${text} is no persona key. In the steward's app: Me, the persona, Copy key. It has ${personaKeyCharacters} characters.`,
      );
    }
    if (texts.indexOf(text) !== index) return refuse(`--steward ${text} is there twice.`);
    stewards.push(key.value as PersonaKey);
  }
  return ok(stewards);
}

function refuse(message: string): Result<never, OrderFault> {
  return fail({ code: 'bad-order', message });
}
