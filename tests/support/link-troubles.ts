/** What a bad link does to one request that matches. */
export interface PathTrouble {
  /** Tested against method and target, as in `GET /v1/info`. */
  readonly request: RegExp;
  readonly does:
    | { readonly kind: 'reset' }
    | { readonly kind: 'not-found' }
    | { readonly kind: 'portal' }
    /** Ends the connection, as if complete, after so many bytes of the answer. */
    | { readonly kind: 'truncate'; readonly afterBytes: number }
    /** Nothing comes any more after so many bytes of the answer, and nobody says so. */
    | { readonly kind: 'hold'; readonly afterBytes: number }
    /** Goes to the relay a second time, whose second answer nobody hears. */
    | { readonly kind: 'repeat' }
    /** Turns the bits of one byte of the answer, counted from the first of its body. */
    | { readonly kind: 'alter'; readonly offset: number };
  /** How often it happens; for ever where absent. */
  readonly times?: number;
}

/** Everything that can be wrong with a link; all of it can change at run time. */
export interface LinkTroubles {
  /** Added to each direction, in milliseconds. */
  readonly delayMs: number;
  /** Shared by both directions and all connections. */
  readonly bytesPerSecond: number;
  /** Every connection, standing or new, is reset. */
  readonly refuse: boolean;
  /** Each connection is reset once so many bytes have crossed it, both ways together. */
  readonly cutAfterBytes: number;
  /** All standing connections are reset so often, in milliseconds. */
  readonly cutEveryMs: number;
  /** Every n-th new connection is reset in the middle of its answer; 0 for none. */
  readonly cutEveryNth: number;
  /** Every request is answered with a captive portal's page, 200 and HTML. */
  readonly portal: boolean;
  readonly paths: readonly PathTrouble[];
  /** What happens to a request that no path above speaks of; null for a link without moods. */
  readonly mood: ((request: string) => PathTrouble['does'] | undefined) | null;
}

export const goodLink: LinkTroubles = {
  delayMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  refuse: false,
  cutAfterBytes: Number.POSITIVE_INFINITY,
  cutEveryMs: Number.POSITIVE_INFINITY,
  cutEveryNth: 0,
  portal: false,
  paths: [],
  mood: null,
};
