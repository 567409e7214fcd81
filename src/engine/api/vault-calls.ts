import type { Outcome } from './outcome.ts';

export type VaultState = 'missing' | 'locked' | 'unlocked';

export interface PassphraseStrength {
  readonly bits: number;
  readonly level: 'far-too-weak' | 'weak' | 'fair' | 'strong';
}

/** The vault as a whole: made, opened, closed, erased. */
export interface VaultCalls {
  measurePassphrase(passphrase: string): Promise<PassphraseStrength>;
  createVault(passphrase: string): Outcome<void>;
  unlockVault(passphrase: string): Outcome<void>;
  lockVault(): Promise<void>;
  /** Deletes everything that Wallflower keeps on this device. */
  eraseDevice(): Promise<void>;
}
