import type { StreamCipher } from '#core/attachments/stream-cipher.ts';

/** The cipher of files, or null where libsodium cannot be had. */
export async function loadStreamCipher(): Promise<StreamCipher | null> {
  try {
    const { createStreamCipher } = await import('#crypto/secret-stream.ts');
    return await createStreamCipher();
  } catch {
    return null;
  }
}
