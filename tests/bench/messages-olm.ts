import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Ends } from './messages-own.ts';

/** What the bench calls of libolm (Matrix's Double Ratchet: X25519, AES-256-CBC, HMAC-SHA-256). */
interface OlmAccount {
  create(): void;
  identity_keys(): string;
  generate_one_time_keys(count: number): void;
  one_time_keys(): string;
  mark_keys_as_published(): void;
  remove_one_time_keys(session: OlmSession): void;
}

interface OlmSession {
  create_outbound(account: OlmAccount, identityKey: string, oneTimeKey: string): void;
  create_inbound(account: OlmAccount, body: string): void;
  encrypt(text: string): { readonly type: 0 | 1; readonly body: string };
  decrypt(type: 0 | 1, body: string): string;
  free(): void;
}

interface Olm {
  readonly Account: new () => OlmAccount;
  readonly Session: new () => OlmSession;
  init(): Promise<void>;
}

const folder = fileURLToPath(new URL('peers-messages', import.meta.url));

/** Installs libolm by its own lock file, once. */
function ensureInstalled(): void {
  if (existsSync(`${folder}/node_modules/.package-lock.json`)) return;
  const { status } = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: folder,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) throw new Error('npm could not install what the messages bench compares with');
}

const oneTimeKeysAtOnce = 50;

/** Two devices of libolm, to shake hands and to talk. */
export class OlmEnds implements Ends {
  readonly #olm: Olm;
  readonly #ada: OlmAccount;
  readonly #ben: OlmAccount;
  #oneTimeKeys: string[] = [];
  #sessions: readonly [OlmSession, OlmSession] | null = null;

  private constructor(olm: Olm) {
    this.#olm = olm;
    this.#ada = new olm.Account();
    this.#ben = new olm.Account();
    this.#ada.create();
    this.#ben.create();
  }

  static async create(): Promise<OlmEnds> {
    ensureInstalled();
    const olm = createRequire(`${folder}/package.json`)('@matrix-org/olm') as Olm;
    await olm.init();
    return new OlmEnds(olm);
  }

  /** One-time keys are made outside of what is timed, as ours has its card. */
  prepare(): void {
    if (this.#oneTimeKeys.length > 0) return;
    this.#ben.generate_one_time_keys(oneTimeKeysAtOnce);
    const { curve25519 } = JSON.parse(this.#ben.one_time_keys()) as {
      curve25519: Readonly<Record<string, string>>;
    };
    this.#oneTimeKeys = Object.values(curve25519);
    this.#ben.mark_keys_as_published();
  }

  shakeHands(text: string): number {
    const oneTimeKey = this.#oneTimeKeys.pop();
    if (oneTimeKey === undefined) throw new Error('no one-time key left');
    const outbound = new this.#olm.Session();
    outbound.create_outbound(this.#ada, identityOf(this.#ben), oneTimeKey);
    const first = outbound.encrypt(text);
    const inbound = new this.#olm.Session();
    inbound.create_inbound(this.#ben, first.body);
    if (inbound.decrypt(first.type, first.body) !== text) throw new Error('not the same text');
    this.#ben.remove_one_time_keys(inbound);
    for (const session of this.#sessions ?? []) session.free();
    this.#sessions = [outbound, inbound];
    return first.body.length;
  }

  say(from: 0 | 1, text: string): number {
    if (this.#sessions === null) throw new Error('no session');
    const [sender, receiver] = from === 0 ? this.#sessions : [this.#sessions[1], this.#sessions[0]];
    const sent = sender.encrypt(text);
    if (receiver.decrypt(sent.type, sent.body) !== text) throw new Error('not the same text');
    return sent.body.length;
  }
}

function identityOf(account: OlmAccount): string {
  return (JSON.parse(account.identity_keys()) as { curve25519: string }).curve25519;
}
