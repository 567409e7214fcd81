import { utf8ToBytes } from '@noble/hashes/utils.js';
import { encodeCbor } from '#core/codec/cbor.ts';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { bytesToBase64Url, bytesToHex } from '#core/codec/text-forms.ts';
import { bodyToWire } from '#core/messages/payload-body.ts';
import { findStamp } from '#core/messages/stamp.ts';
import { blobLength } from '#core/attachments/file-layout.ts';
import { fileAd, sealFile } from '#core/attachments/seal-file.ts';
import type { FileKey } from '#core/attachments/stream-cipher.ts';
import { concatBytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { BlobId, RelayOrigin } from '#core/types/ids.ts';
import { createStreamCipher } from '#crypto/secret-stream.ts';
import { blobPrice, blobWork } from '#sync/wire/blobs.ts';

const origin = 'https://relay.example' as RelayOrigin;
const day = 20_778 as Day;
const price = 18;

/** One file on its way, from fixed secrets: every value of docs/protocol.md, "Attachments", as hex. */
export async function composeAttachmentExample(): Promise<Readonly<Record<string, string>>> {
  const blobId = new Uint8Array(32).fill(0xb1) as BlobId;
  const key = new Uint8Array(32).fill(0xc2) as FileKey;
  const header = new Uint8Array(24).fill(0xd3);
  const file = utf8ToBytes('Three names, and where to find them.\n') as Uint8Array<ArrayBuffer>;
  const blob = concatBytes(...sealFile(await createStreamCipher(), { blobId, key, header }, file));
  const hash = sha256Bytes(blob);
  const body = bodyToWire({
    ...{ type: 'attachment', blobId, key, hash, size: file.length },
    ...{ mediaType: 'text/plain', name: 'names.txt' },
  });
  const { sendId, envelopeId } = blobWork(blobId, blob.length, hash);
  const target = { origin, day, sendId, envelopeId };
  const found = findStamp(target, blobPrice(price, blob.length), { from: 0, budget: 10_000_000 });
  if (body === null || found === null || blob.length !== blobLength(file.length)) {
    throw new Error('no example');
  }
  const examples = {
    'blob id': blobId,
    key,
    header,
    file,
    'associated data': fileAd(blobId, file.length),
    blob,
    hash,
    'payload body': encodeCbor(body.fields),
    work: envelopeId,
    put: encodeCbor([blob.length, hash, [day, found.counter], 0, blob]),
    'put: answer': encodeCbor([blob.length, true]),
    'put: how far': encodeCbor([blob.length, hash, null, 0, new Uint8Array(0)]),
    'put: how far, answer': encodeCbor([0, false]),
  };
  return {
    ...Object.fromEntries(
      Object.entries(examples).map(([name, bytes]) => [name, bytesToHex(bytes)]),
    ),
    path: `/v1/blobs/${bytesToBase64Url(blobId)}`,
  };
}
