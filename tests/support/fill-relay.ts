import { decodeCbor } from '#core/codec/cbor.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import { manifestBounds, manifestSchema, publishAnswerSchema } from '#sync/wire/board.ts';
import { recordVerdicts } from '#sync/wire/codes.ts';
import { cborSequenceType } from '#sync/wire/media-type.ts';

const batch = 100;
const patienceMs = 120_000;
const pauseMs = 50;

/** Publishes records to a relay, in order; throws where one is not accepted. */
export async function publishAll(origin: string, records: readonly Bytes[]): Promise<void> {
  for (let first = 0; first < records.length; first += batch) {
    const response = await fetch(`${origin}/v1/records`, {
      method: 'POST',
      headers: { 'content-type': cborSequenceType },
      body: concatBytes(...records.slice(first, first + batch)),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const answer = decodeCbor(bytes, publishAnswerSchema);
    const isTaken =
      answer.ok &&
      answer.value.every(
        ([, code]) => code === recordVerdicts.accepted || code === recordVerdicts.known,
      );
    if (!isTaken) throw new Error(`the relay refused a record (${response.status})`);
  }
}

/** The manifest as the relay has it. */
export async function readManifest(origin: string) {
  const response = await fetch(`${origin}/v1/board/manifest`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const manifest = decodeCbor(bytes, manifestSchema, manifestBounds);
  if (!manifest.ok) throw new Error('no manifest');
  return manifest.value;
}

/** Waits until the packs reach so far. */
export async function packsReach(origin: string, sequence: number): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while ((await readManifest(origin))[2] < sequence) {
    if (performance.now() > endMs) throw new Error('the packs never came');
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
