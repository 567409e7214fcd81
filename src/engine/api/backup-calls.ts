import type { Outcome } from './outcome.ts';

/** What a backup file holds: everything private, or personas and nothing else. */
export type BackupScope = 'whole' | 'keys';

/** Languages that BIP39 has words in, as BCP 47 tags. */
export type WordLanguage =
  'en' | 'cs' | 'fr' | 'it' | 'ja' | 'ko' | 'pt' | 'es' | 'zh-Hans' | 'zh-Hant';

/** A backup file, ready to be kept somewhere else. */
export interface BackupFile {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/** What a backup holds, before anything is restored. */
export interface BackupSummary {
  readonly scope: BackupScope;
  readonly day: number;
  readonly personas: number;
  readonly conversations: number;
  readonly messages: number;
  /** Personas that this device did not have. */
  readonly newPersonas: number;
  /** Whether this device knows of a later backup with the same words. */
  readonly older: boolean;
}

/** Recovery words, backup files, and what comes back from them. */
export interface BackupCalls {
  /** Whether the words exist, were typed back, and when the last backup was made (UTC day). */
  readRecovery(): Outcome<{
    readonly language: WordLanguage | null;
    readonly confirmed: boolean;
    readonly lastBackupDay: number | null;
  }>;
  /** 12 words of BIP39: drawn at the first call, and shown again until they were typed back. */
  showRecoveryWords(language: WordLanguage): Outcome<readonly string[]>;
  /** Fails with `words-wrong` when what was typed back differs; `field` is the position, from 1. */
  confirmRecoveryWords(words: readonly string[]): Outcome<void>;
  exportBackup(scope: BackupScope): Outcome<BackupFile>;
  /** Opens a backup with its words and says what it holds; changes nothing. */
  inspectBackup(bytes: Uint8Array, words: readonly string[]): Outcome<BackupSummary>;
  /** Restores into the unlocked vault of this device; peers are told with the next message. */
  restoreBackup(bytes: Uint8Array, words: readonly string[]): Outcome<BackupSummary>;
}
