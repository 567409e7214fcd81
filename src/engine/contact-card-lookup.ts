import { checkRecord, type CheckedRecord } from '#core/records/checked-record.ts';
import { bindSigningBytes, type ContactContent } from '#core/records/contact.ts';
import { recordSigningBytes } from '#core/records/record.ts';
import type { ContactCardFacts } from '#core/messages/contact-card-facts.ts';
import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { PersonaKey, PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { ok, type Result } from '#core/types/result.ts';
import { mergeRecords } from '#storage/record-store.ts';
import { toRecordRow } from '#sync/record-intake.ts';
import { RelayClient, type RelayTransport } from '#sync/relay-client.ts';
import { cardAddress } from './card-address.ts';
import { engineError, today, type EngineContext } from './engine-context.ts';
import type { EngineError } from './api/outcome.ts';
import { relayOrigins } from './publishing.ts';

/** Reads an author's card from the device, proved by libsodium itself: record, binding and day. */
export async function readCard(
  context: EngineContext,
  crypto: CryptoPort,
  author: PersonaKeyText,
): Promise<Result<ContactCardFacts, EngineError>> {
  const persona = personaKeyOf(author);
  if (persona === undefined) return engineError('not-found');
  const address = bytesToBase64Url(cardAddress(persona)) as RecordAddressText;
  const row = await context.db.board.getAt(address);
  if (row === undefined || row.until < today(context)) return engineError('card-missing');
  const card = checkRecord(row.bytes);
  if (!card.ok || card.value.content.kind !== 'contact') return engineError('card-not-authentic');
  const { author: signer, body, signature, content } = card.value;
  if (content.value === null) return engineError('card-missing');
  const isAuthentic =
    equalBytes(signer, persona) &&
    crypto.verify(signer, recordSigningBytes(signer, body), signature) &&
    crypto.verify(signer, bindSigningBytes(content.value.ik), content.value.bind);
  if (!isAuthentic) return engineError('card-not-authentic');
  return ok(toFacts(card.value, content.value));
}

/**
 * Asks two relays for an author's card, where there are two, and keeps the highest revision; one
 * below what was seen before never wins. Resolves to whether a card is on the device now.
 */
export async function fetchCard(
  context: EngineContext,
  transport: RelayTransport,
  author: PersonaKeyText,
): Promise<boolean> {
  const persona = personaKeyOf(author);
  if (persona === undefined) return false;
  const address = cardAddress(persona);
  const origins = (await relayOrigins(context.db)).slice(0, relaysAsked);
  const answers = await Promise.all(
    origins.map((origin) => new RelayClient(origin, transport).record(address)),
  );
  const verify = await context.loadVerifier();
  for (const answer of answers) {
    if (!answer.ok) continue;
    const card = checkRecord(answer.value);
    if (!card.ok || !equalBytes(card.value.address, address)) continue;
    const { author: signer, body, signature } = card.value;
    if (await verify(signer, recordSigningBytes(signer, body), signature)) {
      await mergeRecords(context.db, [toRecordRow(card.value)]);
    }
  }
  const key = bytesToBase64Url(address) as RecordAddressText;
  return (await context.db.board.getAt(key)) !== undefined;
}

const relaysAsked = 2;

function personaKeyOf(author: PersonaKeyText): PersonaKey | undefined {
  const bytes = base64UrlToBytes(author);
  return bytes.ok && bytes.value.length === 32 ? (bytes.value as PersonaKey) : undefined;
}

function toFacts(card: CheckedRecord, content: ContactContent): ContactCardFacts {
  const { ik, bind, spk, kem, queueId, relays } = content;
  return { recordId: card.id, persona: card.author, ik, bind, spk, kem, queueId, relays };
}
