import { expect, test } from 'vitest';
import { encodeCbor } from '#core/codec/cbor.ts';
import { dayOf } from '#core/types/day.ts';
import { blobLimits, blobStateSchema } from '#sync/wire/blobs.ts';
import { cborType } from '#sync/wire/media-type.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { blobOf, blobStamp, pieceOf } from './blob-people.ts';
import { bodyOf, readAnswer } from './running-relay.ts';

const { pieceBytes } = blobLimits;
const blob = blobOf(1, 40 * pieceBytes + 99);

test('every answered piece is there after kill -9, and the blob that comes of it is the right one', async () => {
  const relay = await startRelayProcess(['--stamp-price', '6']);
  const stamp = blobStamp(relay.origin, blob, dayOf(Date.now()));
  const put = async (offset: number) => {
    const response = await fetch(relay.origin + blob.path, {
      method: 'PUT',
      headers: { 'content-type': cborType },
      body: encodeCbor(pieceOf(blob, stamp, offset, pieceBytes)),
    });
    return readAnswer(response, blobStateSchema);
  };
  let answered = 0;
  for (let kill = 1; kill <= 3; kill++) {
    while (answered < (blob.size * kill) / 4) [answered] = await put(answered);
    const underway = put(answered).catch(() => undefined);
    await relay.kill();
    await underway;
    await relay.restart();
    const [held] = await put(0);
    expect(held).toBeGreaterThanOrEqual(answered);
    answered = held;
  }
  for (let whole = false; !whole;) [answered, whole] = await put(answered);
  const response = await fetch(relay.origin + blob.path);
  expect(Buffer.from(await bodyOf(response)).equals(blob.bytes)).toBe(true);
  expect(relay.output()).not.toContain('fault');
  await relay.stop();
}, 120_000);
