const longestHead = 2_048;
const requestLine = /^([A-Z]{3,7}) (\S+) HTTP\/1\.1\r\n/;
const rangeLine = /\r\nrange: bytes=(\d+)-/i;

/** One request that crossed a link, and how much of the body of its answer did. */
export class CrossedRequest {
  /** Method and target, as in `GET /v1/info`. */
  readonly request: string;
  /** The first byte that it asks for. */
  readonly from: number;
  #bodyBytes = 0;
  /** The head of the answer as far as it came; null once it is through. */
  #head: Buffer | null = Buffer.alloc(0);

  constructor(request: string, from: number) {
    this.request = request;
    this.from = from;
  }

  /** The request that begins with these bytes; undefined where none does. */
  static read(bytes: Buffer): CrossedRequest | undefined {
    const head = bytes.toString('latin1', 0, Math.min(bytes.length, longestHead));
    const line = requestLine.exec(head);
    if (line === null) return undefined;
    return new CrossedRequest(`${line[1]} ${line[2]}`, Number(rangeLine.exec(head)?.[1] ?? 0));
  }

  /** Bytes of the answer's body that have crossed. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** Counts a slice of the answer; gives the place in it from which on it is body. */
  pass(slice: Buffer): number {
    let bodyFrom = 0;
    if (this.#head !== null) {
      const before = this.#head.length;
      this.#head = Buffer.concat([this.#head, slice]);
      const end = this.#head.indexOf('\r\n\r\n');
      if (end === -1) return slice.length;
      bodyFrom = end + 4 - before;
      this.#head = null;
    }
    this.#bodyBytes += slice.length - bodyFrom;
    return bodyFrom;
  }
}
