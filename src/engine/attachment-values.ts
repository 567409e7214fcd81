import { cleanFileName, cleanMediaType } from '#core/attachments/file-name.ts';
import type { FileKey } from '#core/attachments/stream-cipher.ts';
import type { AttachmentBody } from '#core/messages/payload-body.ts';
import type { BlobId, RelayOrigin } from '#core/types/ids.ts';
import type { AttachmentValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/** Marks an attachment whose relay is filled in once it is known. */
const nowhere = '' as RelayOrigin;

/** A file as its message describes it; nothing of it has been asked for yet. */
export function arrivedAttachment(
  vault: VaultSession,
  { blobId, key, hash, size, mediaType, name }: AttachmentBody,
): AttachmentValue {
  return {
    blobId: blobId as BlobId,
    key: key as FileKey,
    hash,
    size,
    mediaType: cleanMediaType(mediaType),
    name: cleanFileName(name),
    relay: nowhere,
    file: vault.newId(),
    state: 'elsewhere',
  };
}

/** Notes where the files of a message lie: protocol.md, "Attachments": at the relay that it took itself. */
export function placeAttachments(change: VaultChange, relay: RelayOrigin): VaultChange {
  return {
    ...change,
    put: (change.put ?? []).map((value) =>
      value.type === 'message' && value.attachment?.relay === nowhere
        ? { ...value, attachment: { ...value.attachment, relay } }
        : value,
    ),
  };
}
