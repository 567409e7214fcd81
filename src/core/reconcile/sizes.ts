/** A coded symbol: high, low and check, 4 bytes each, big-endian. */
export const symbolBytes = 12;
/** No difference that needs more of them is worth reconciling. */
export const maxSymbols = 65_536;
/** What short ids are salted with. */
export const saltBytes = 16;
/** A record's id as reconciliation names it. */
export const shortIdBytes = 8;
