/** Media type of every body of the relay interface. */
export const cborType = 'application/cbor';
/** Media type of a sequence of records (RFC 8742). */
export const cborSequenceType = 'application/cbor-seq';
/** Media type of a blob's bytes. */
export const blobType = 'application/octet-stream';
/** Media type of a pack. */
export const packType = 'application/vnd.wallflower.pack';
