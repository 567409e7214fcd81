/** One file of the app: its path on the origin and the SHA-256 of its bytes (`sha256-<base64>`). */
export type ShellFile = readonly [path: string, integrity: string];

/** What list-shell-files.mjs writes into the built service worker. */
export interface ShellFiles {
  /** Changes when any of the files does. */
  readonly version: string;
  /** Needed by everyone; the first is the page itself, at `/`. */
  readonly always: readonly ShellFile[];
  /** Needed only by those who read that language. */
  readonly byLocale: Readonly<Record<string, readonly ShellFile[]>>;
}

declare const __SHELL_FILES__: ShellFiles;

/** Every file that this build of the app consists of. */
export const shellFiles: ShellFiles = __SHELL_FILES__;
