/** A range of bytes, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Reads a Range header (RFC 9110 section 14.2): one range of bytes; anything else is answered whole. */
export function readRange(
  header: string | undefined,
  length: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(header ?? '');
  const [, start = '', end = ''] = match ?? [];
  if (match === null || (start === '' && end === '')) return 'whole';
  if (start === '') {
    const suffix = Math.min(Number(end), length);
    return suffix === 0 ? 'unsatisfiable' : { first: length - suffix, last: length - 1 };
  }
  const first = Number(start);
  const last = end === '' ? length - 1 : Math.min(Number(end), length - 1);
  if (first >= length) return 'unsatisfiable';
  return last < first ? 'whole' : { first, last };
}
