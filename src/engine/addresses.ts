import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import type { RecordAddress, RecordAddressText } from '#core/types/ids.ts';

/** An address as bytes, if the text is one. */
export function addressBytes(address: RecordAddressText): RecordAddress | undefined {
  const bytes = base64UrlToBytes(address);
  return bytes.ok && bytes.value.length === 32 ? (bytes.value as RecordAddress) : undefined;
}
