import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import type {
  PersonaKey,
  PersonaKeyText,
  RecordAddress,
  RecordAddressText,
} from '#core/types/ids.ts';

/** An address as bytes, if the text is one. */
export function addressBytes(address: RecordAddressText): RecordAddress | undefined {
  const bytes = base64UrlToBytes(address);
  return bytes.ok && bytes.value.length === 32 ? (bytes.value as RecordAddress) : undefined;
}

/** A persona's key as text. */
export function personaText(key: PersonaKey): PersonaKeyText {
  return bytesToBase64Url(key) as PersonaKeyText;
}
