import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { BlobId, RelayOrigin } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { readBounded } from './bounded-body.ts';
import { refusalOf, type RelayTransport } from './relay-client.ts';
import type { RelayFault } from './relay-fault.ts';
import { blobType, cborType } from './wire/media-type.ts';

/** A blob to be had from one relay, from a byte on. */
export interface BlobToFetch {
  readonly origin: RelayOrigin;
  readonly id: BlobId;
  readonly size: number;
  readonly from: number;
}

/** What a download works with. */
export interface DownloadContext {
  readonly transport: RelayTransport;
  readonly signal: AbortSignal;
  /** Stores what came, in how many milliseconds; the last part before a break is of any length. */
  readonly onPart: (part: Bytes, durationMs: number) => Promise<void>;
}

/** A part is stored when it is so long, or has taken so much time to come. */
const partBytes = 65_536;
const partMs = 4_000;
/** A link on which nothing comes for so long is broken. */
const silenceMs = 60_000;
const maxErrorBytes = 2_048;

/**
 * Fetches a blob from a byte on, in one answer that may break anywhere: what has come is kept.
 * Resolves with whether the last byte has come; takes no byte more than the size that was promised.
 */
export async function downloadBlob(
  context: DownloadContext,
  blob: BlobToFetch,
): Promise<Result<'whole' | 'stopped', RelayFault>> {
  const silence = new AbortController();
  const watch = new Watchdog(() => {
    silence.abort();
  });
  const signal = AbortSignal.any([context.signal, silence.signal]);
  try {
    const asked = await ask(context, blob, signal);
    if (!asked.ok) return asked;
    return await take(context, blob, asked.value, watch);
  } catch (cause) {
    if (cause instanceof StoreError) throw cause.cause;
    return context.signal.aborted ? ok('stopped') : fail({ code: 'unreachable' });
  } finally {
    watch.end();
  }
}

async function ask(
  { transport }: DownloadContext,
  { origin, id, size, from }: BlobToFetch,
  signal: AbortSignal,
): Promise<Result<ReadableStreamDefaultReader<Uint8Array>, RelayFault>> {
  const response = await transport.fetch(`${origin}/v1/blobs/${bytesToBase64Url(id)}`, {
    headers: { range: `bytes=${from}-` },
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
    signal,
  });
  const type = response.headers.get('content-type')?.split(';')[0]?.trim();
  if (response.status === 206 && type === blobType && response.body !== null) {
    const range = response.headers.get('content-range');
    if (range === `bytes ${from}-${size - 1}/${size}`) return ok(response.body.getReader());
  } else if (!response.ok && type === cborType) {
    const body = await readBounded(response, maxErrorBytes);
    return fail(body === undefined ? { code: 'bad-answer' } : refusalOf(body));
  }
  await response.body?.cancel();
  if (response.status >= 500 && type !== cborType) return fail({ code: 'unreachable' });
  return fail({ code: type === blobType || type === cborType ? 'bad-answer' : 'captive-portal' });
}

async function take(
  { transport, onPart }: DownloadContext,
  { size, from }: BlobToFetch,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  watch: Watchdog,
): Promise<Result<'whole', RelayFault>> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let at = from;
  let sinceMs = performance.now();
  const store = async () => {
    if (waitingBytes === 0) return;
    const part = concatBytes(...waiting);
    waiting = [];
    waitingBytes = 0;
    const nowMs = performance.now();
    await onPart(part, nowMs - sinceMs).catch((cause: unknown) => {
      throw new StoreError(cause);
    });
    sinceMs = performance.now();
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      watch.reset();
      if (done) break;
      const part = value.subarray(0, size - at);
      transport.countBytes('down', value.length);
      waiting.push(part);
      waitingBytes += part.length;
      at += part.length;
      if (at === size) {
        void reader.cancel();
        break;
      }
      if (waitingBytes >= partBytes || performance.now() - sinceMs > partMs) await store();
    }
  } finally {
    await store();
  }
  return at === size ? ok('whole') : fail({ code: 'unreachable' });
}

/** Marks trouble of this device's storage, which is no fault of the relay's. */
class StoreError extends Error {
  constructor(cause: unknown) {
    super('storing a part failed', { cause });
  }
}

class Watchdog {
  readonly #bark: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(bark: () => void) {
    this.#bark = bark;
    this.#timer = setTimeout(bark, silenceMs);
  }

  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#bark, silenceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
