import { blobLength, maxFileBytes, streamHeaderBytes } from '#core/attachments/file-layout.ts';
import { cleanFileName, cleanMediaType } from '#core/attachments/file-name.ts';
import { sealFile } from '#core/attachments/seal-file.ts';
import type { FileKey, StreamCipher } from '#core/attachments/stream-cipher.ts';
import { Sha256 } from '#core/codec/sha256.ts';
import type { AttachmentBody } from '#core/messages/payload-body.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { BlobId, ConversationId, MessageId, RelayOrigin } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { addPiece, beginFile, deleteFiles, storedPieceBytes } from '#storage/blob-files.ts';
import { createOutboxRow, type OutboxRow } from '#storage/outbox-row.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import type { OutgoingFile } from './api/attachment-calls.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import { loadStreamCipher } from './attachment-cipher.ts';
import { barOf, prepareMessage, readState } from './conversation-send.ts';
import { newMessage } from './conversation-values.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import { openContact } from './first-contacts.ts';
import { joinChanges } from './outbox-chains.ts';
import type { AttachmentValue, ConversationValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** A file as finished ciphertext on this device. */
type StoredFile = Omit<AttachmentValue, 'relay'>;

/**
 * Encrypts a file into pieces on this device, then seals its message; both wait in a chain of their
 * own, the message behind the blob. Where anything fails, all is as it was.
 */
export async function sendAttachment(
  context: EngineContext,
  id: ConversationId,
  outgoing: OutgoingFile,
): Outcome<MessageId> {
  if (outgoing.bytes.length > maxFileBytes) return engineError('file-too-large', 'file');
  const allowed = await runUnlocked(context, (vault) => Promise.resolve(mayTake(vault, id)));
  if (!allowed.ok) return allowed;
  const cipher = await loadStreamCipher();
  if (cipher === null) return engineError('no-webassembly');
  const stored = await storeFile(context, cipher, outgoing);
  if (!stored.ok) return stored;
  const sent = await runUnlocked(context, (vault) => commitFile(context, vault, id, stored.value));
  if (!sent.ok) {
    await dropQuietly(context, stored.value.file);
    return sent;
  }
  for (const event of ['mail', 'network'] as const) context.emit(event);
  context.kick();
  return sent;
}

/** A conversation that has begun; without the peer's card there is no relay to take a file to. */
function mayTake(vault: VaultSession, id: ConversationId): Result<ConversationValue, EngineError> {
  const conversation = vault.get('conversation', id);
  if (conversation === undefined) return engineError('not-found');
  const bar = barOf(conversation);
  if (bar !== null) return engineError(bar);
  return conversation.state.length === 0 ? engineError('needs-link') : ok(conversation);
}

async function storeFile(
  context: EngineContext,
  cipher: StreamCipher,
  { bytes, name, mediaType }: OutgoingFile,
): Promise<Result<StoredFile, EngineError>> {
  const { db, token, random } = context;
  const blobId = random(32) as BlobId;
  const key = random(32) as FileKey;
  const file = newFileId(context);
  try {
    const totalBytes = blobLength(bytes.length);
    await beginFile(db, token, { id: file, kept: false, totalBytes, doneBytes: 0, paused: false });
    const hash = new Sha256();
    let offset = 0;
    const header = random(streamHeaderBytes);
    for (const piece of inPieces(sealFile(cipher, { blobId, key, header }, bytes))) {
      hash.update(piece);
      await addPiece(db, token, { file, offset, bytes: piece }, null);
      offset += piece.length;
    }
    return ok({
      ...{ blobId, key, file, size: bytes.length, state: 'own' },
      hash: hash.digest(),
      mediaType: cleanMediaType(mediaType),
      name: cleanFileName(name),
    });
  } catch (cause) {
    const fault = storageFaultOf(cause);
    if (fault === undefined) throw cause;
    await dropQuietly(context, file);
    return fail({ code: fault === 'not-leader' ? 'engine-gone' : fault });
  }
}

/** Joins parts into the pieces in which they are stored. */
function* inPieces(parts: Iterable<Bytes>): Generator<Bytes, void> {
  let piece = new Uint8Array(storedPieceBytes);
  let length = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length;) {
      const taken = part.subarray(from, from + storedPieceBytes - length);
      piece.set(taken, length);
      length += taken.length;
      from += taken.length;
      if (length < storedPieceBytes) continue;
      yield piece;
      piece = new Uint8Array(storedPieceBytes);
      length = 0;
    }
  }
  if (length > 0) yield piece.slice(0, length);
}

async function commitFile(
  context: EngineContext,
  vault: VaultSession,
  id: ConversationId,
  stored: StoredFile,
): Promise<Result<MessageId, EngineError>> {
  const held = mayTake(vault, id);
  if (!held.ok) return held;
  const state = readState(held.value);
  if (!state.ok) return state;
  const { conversation, change } = openContact(vault, held.value);
  const message = newMessage(context, vault, conversation, { fromMe: true, text: '' });
  const sealed = prepareMessage(context, vault, conversation, state.value, bodyOf(stored), message);
  if (!sealed.ok) return sealed;
  const [envelope] = sealed.value.send ?? [];
  if (envelope === undefined) throw new Error('A sealed message without an envelope');
  const attachment: AttachmentValue = { ...stored, relay: envelope.relay };
  const put = (sealed.value.put ?? []).map((value) =>
    value.type === 'message' && value.id === message.id ? { ...value, attachment } : value,
  );
  const send = [uploadRow(attachment, envelope.relay), { ...envelope, chain: attachment.file }];
  await vault.commit({ ...joinChanges(change, { put, send }), keepFile: attachment.file });
  return ok(message.id);
}

function bodyOf({ blobId, key, hash, size, mediaType, name }: StoredFile): AttachmentBody {
  return { type: 'attachment', blobId, key, hash, size, mediaType, name };
}

/** The blob goes to the relay that takes the message. */
function uploadRow({ file, blobId, hash, size }: AttachmentValue, relay: RelayOrigin): OutboxRow {
  return createOutboxRow({
    chain: file,
    purpose: 'message',
    relay,
    task: { kind: 'upload', file, blobId, hash },
    sizeBytes: blobLength(size),
    ref: null,
  });
}

/** What cannot be deleted now is deleted at the next start, because no message names it. */
async function dropQuietly({ db, token }: EngineContext, file: string): Promise<void> {
  await deleteFiles(db, token, [file]).catch((cause: unknown) => {
    if (storageFaultOf(cause) === undefined) throw cause;
  });
}

function newFileId({ random }: EngineContext): string {
  return Array.from(random(16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
