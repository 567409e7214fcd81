import type { Result } from '#core/types/result.ts';

/** Everything a screen can be told went wrong; i18n has one sentence for each code. */
export type EngineErrorCode =
  | 'vault-locked'
  | 'vault-missing'
  | 'vault-exists'
  | 'wrong-passphrase'
  | 'passphrase-too-weak'
  | 'out-of-memory'
  | 'no-webassembly'
  | 'storage-full'
  | 'storage-unavailable'
  | 'storage-silent'
  | 'invalid-entry'
  | 'invalid-message'
  | 'message-too-long'
  | 'not-found'
  | 'not-yours'
  | 'needs-link'
  | 'card-missing'
  | 'card-not-authentic'
  | 'clock-wrong'
  | 'invalid-relay-address'
  | 'relay-unusable'
  | 'own-entry'
  | 'engine-gone'
  | 'key-changed'
  | 'contact-blocked'
  | 'contact-declined'
  | 'file-too-large'
  | 'file-not-here'
  | 'file-damaged'
  | 'words-wrong'
  | 'backup-damaged'
  | 'backup-newer'
  | 'code-not-theirs'
  | 'not-a-steward';

/** A failure the user can do something about; `field` names the input that caused it. */
export interface EngineError {
  readonly code: EngineErrorCode;
  readonly field?: string;
}

export type Outcome<T> = Promise<Result<T, EngineError>>;
