/** One file of the app: its path on the origin and the first 20 letters of its SHA-256 in base64. */
export type ShellFile = readonly [path: string, hash: string];

/** A part of the app that is kept whole or not at all. */
export interface ShellTier {
  /** Needed by everyone. */
  readonly always: readonly ShellFile[];
  /** Needed only by those who read that language. */
  readonly byLocale: Readonly<Record<string, readonly ShellFile[]>>;
}

/** What list-shell-files.mjs writes into the built service worker. */
export interface ShellFiles {
  /** Changes when any of the files does. */
  readonly version: string;
  /** What the first visit brings, the page itself among it, at `/`. */
  readonly first: ShellTier;
  /** Tools used on demand: brought once the app is used again, or at first use. */
  readonly later: ShellTier;
}

declare const __SHELL_FILES__: ShellFiles;

/** Every file that this build of the app consists of. */
export const shellFiles: ShellFiles = __SHELL_FILES__;
