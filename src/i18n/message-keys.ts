import type attachments from './locales/en/attachments.json';
import type backup from './locales/en/backup.json';
import type board from './locales/en/board.json';
import type common from './locales/en/common.json';
import type composer from './locales/en/composer.json';
import type entry from './locales/en/entry.json';
import type errors from './locales/en/errors.json';
import type learn from './locales/en/learn.json';
import type me from './locales/en/me.json';
import type messages from './locales/en/messages.json';
import type network from './locales/en/network.json';
import type search from './locales/en/search.json';
import type shell from './locales/en/shell.json';
import type stars from './locales/en/stars.json';
import type vault from './locales/en/vault.json';
import type vetting from './locales/en/vetting.json';

/** What the English files hold, by area; every other language must hold the same. */
interface Areas {
  readonly shell: typeof shell;
  readonly common: typeof common;
  readonly board: typeof board;
  readonly errors: typeof errors;
  readonly entry: typeof entry;
  readonly composer: typeof composer;
  readonly messages: typeof messages;
  readonly attachments: typeof attachments;
  readonly me: typeof me;
  readonly backup: typeof backup;
  readonly vault: typeof vault;
  readonly network: typeof network;
  readonly learn: typeof learn;
  readonly search: typeof search;
  readonly stars: typeof stars;
  readonly vetting: typeof vetting;
}

type KeyOfArea = { [Area in keyof Areas]: keyof Areas[Area] & string };

/** The name of a message; a name that no English file holds is a type error. */
export type MessageKey = KeyOfArea[keyof KeyOfArea];

/** Areas in files of their own. `shell` brings `common` and `board` with it. */
export type LoadedArea = Exclude<keyof Areas, 'common' | 'board'>;
