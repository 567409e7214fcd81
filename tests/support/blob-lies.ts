/** What a relay says instead of a blob's bytes; undefined lets it be honest. */
export type BlobLie = (honest: Response, range: string | null) => Promise<Response> | undefined;

/** A fetch through which blobs are told as a lie says. */
export class LyingFetch {
  lie: BlobLie | undefined;
  /** Answers to GETs of blobs that were changed. */
  told = 0;
  /** Ranges that were asked for. */
  readonly ranges: (string | null)[] = [];

  readonly fetch: typeof fetch = async (input, init) => {
    const honest = await fetch(input, init);
    const target = input instanceof Request ? input.url : String(input);
    const method = init?.method ?? 'GET';
    if (method !== 'GET' || !new URL(target).pathname.startsWith('/v1/blobs/')) return honest;
    const range = new Headers(init?.headers).get('range');
    this.ranges.push(range);
    const lie = this.lie?.(honest, range);
    if (lie === undefined) return honest;
    this.told++;
    return lie;
  };
}

/** The same status and headers with another body. */
export async function withBody(
  honest: Response,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const bytes = change(new Uint8Array(await honest.arrayBuffer()));
  const given = Object.fromEntries(honest.headers);
  delete given['content-length'];
  return new Response(bytes, { status: honest.status, headers: { ...given, ...headers } });
}

/** An answer that never ends, at 64 KiB a turn; `taken` counts what was read of it. */
export function endlessBody(honest: Response): { answer: Response; taken: () => number } {
  let taken = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  void honest.body?.cancel();
  const headers = Object.fromEntries(honest.headers);
  return { answer: new Response(body, { status: honest.status, headers }), taken: () => taken };
}
