import type { RelayErrorCode } from './wire/codes.ts';

/** Why a relay call brought nothing; each is a different thing to tell the user. */
export type RelayFault =
  /** No link, no answer in time, or a connection that broke. */
  | { readonly code: 'unreachable' }
  /** Somebody else's page answered, as in a hotel's or a state's portal. */
  | { readonly code: 'captive-portal' }
  /** The relay answered what this protocol does not allow. */
  | { readonly code: 'bad-answer' }
  /** The relay understood and said no. */
  | {
      readonly code: 'refused';
      readonly reason: RelayErrorCode | 'unknown';
      readonly retryAfterSeconds: number;
    };
