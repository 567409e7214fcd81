import { blobLength, maxFileBytes } from '#core/attachments/file-layout.ts';
import { FileOpener } from '#core/attachments/open-file.ts';
import type { MessageId } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { beginFile, readPieces, updateFile } from '#storage/blob-files.ts';
import type { OutgoingFile } from './api/attachment-calls.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import { loadStreamCipher } from './attachment-cipher.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { AttachmentValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** Room that is left to everything else when a file is fetched. */
const spareBytes = 2_097_152;

/** Asks for a file that lies on a relay; it comes beside everything else, and resumes where it was cut. */
export function fetchAttachment(context: EngineContext, id: MessageId): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const found = findAttachment(vault, id);
    if (!found.ok) return found;
    const { message, attachment } = found.value;
    const { db, token } = context;
    const { file, size } = attachment;
    const row = await db.files.get(file);
    if (attachment.state === 'own')
      return row === undefined ? engineError('file-not-here') : ok(undefined);
    if (attachment.state === 'here' && row !== undefined) return ok(undefined);
    if (size > maxFileBytes) return engineError('file-too-large');
    const totalBytes = blobLength(size);
    if (!(await hasRoomFor(totalBytes - (row?.doneBytes ?? 0)))) return engineError('storage-full');
    await beginFile(db, token, { id: file, kept: true, totalBytes, doneBytes: 0, paused: false });
    await updateFile(db, token, file, { paused: false });
    await vault.commit({ put: [{ ...message, attachment: { ...attachment, state: 'wanted' } }] });
    wakeTransfers(context, file);
    return ok(undefined);
  });
}

/** Stops a file on its way, or lets it go on; works for both directions. */
export function pauseAttachment(
  context: EngineContext,
  id: MessageId,
  paused: boolean,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const found = findAttachment(vault, id);
    if (!found.ok) return found;
    const { file } = found.value.attachment;
    await updateFile(context.db, context.token, file, { paused });
    if (paused) context.transfers?.stop(file);
    wakeTransfers(context, file);
    return ok(undefined);
  });
}

/** The file itself, opened and proved from its first byte to its FINAL mark. */
export async function readAttachment(context: EngineContext, id: MessageId): Outcome<OutgoingFile> {
  const found = await runUnlocked(context, (vault) => Promise.resolve(findAttachment(vault, id)));
  if (!found.ok) return found;
  const { attachment } = found.value;
  const { state, file, name, mediaType } = attachment;
  if (state === 'damaged') return engineError('file-damaged');
  const isHere = state === 'own' || state === 'here';
  if (!isHere || (await context.db.files.get(file)) === undefined) {
    return engineError('file-not-here');
  }
  const cipher = await loadStreamCipher();
  if (cipher === null) return engineError('no-webassembly');
  const opener = new FileOpener(cipher, attachment.key, attachment.blobId, attachment.size);
  for await (const piece of readPieces(context.db, file)) {
    if (!opener.push(piece).ok) break;
  }
  const bytes = opener.finish();
  return bytes.ok ? ok({ bytes: bytes.value, name, mediaType }) : fail(bytes.error);
}

function findAttachment(vault: VaultSession, id: MessageId) {
  const message = vault.get('message', id);
  if (message?.attachment === undefined) return fail<EngineError>({ code: 'not-found' });
  const attachment: AttachmentValue = message.attachment;
  return ok({ message, attachment }) satisfies Result<unknown, EngineError>;
}

/** Where the device does not say how much it has, it is tried. */
async function hasRoomFor(bytes: number): Promise<boolean> {
  const storage = navigator.storage as StorageManager | undefined;
  if (storage === undefined) return true;
  const { usage = 0, quota } = await storage.estimate();
  return quota === undefined || quota - usage > bytes + spareBytes;
}

function wakeTransfers(context: EngineContext, file: string): void {
  context.emit('mail');
  if (context.transfers === null) context.kick();
  else context.transfers.wake(file);
}
