import { encodeCbor } from '#core/codec/cbor.ts';
import { labelledHash } from '#core/codec/hash.ts';
import { bytesToBase64Url, bytesToHex } from '#core/codec/text-forms.ts';
import { attestationToContent } from '#core/records/attestation.ts';
import { charterToContent } from '#core/records/charter.ts';
import { composeRecord, composeWithdrawal } from '#core/records/compose.ts';
import { entryToContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { encodePack, encodePackPayload } from '#core/records/pack.ts';
import { emptySymbols, encodeSymbols, toggleMember } from '#core/reconcile/coded-symbols.ts';
import { createShortIds, type ShortId } from '#core/reconcile/short-id.ts';
import { encodeRecord, recordAddress, recordId } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { addDays, dayToMs } from '#core/types/day.ts';
import type { RelayEpoch, RelayOrigin, RelaySequence, Slot } from '#core/types/ids.ts';
import { formatCursor } from '#sync/wire/board.ts';
import { recordVerdicts, queueVerdicts } from '#sync/wire/codes.ts';
import { envelopeId, watchSigningBytes } from '#sync/wire/queues.ts';
import { CallError, errorBody } from '#relay/http/errors.ts';
import { ackItem, creationOf, crypto, envelopeOf, mailboxOf, readItem } from './people.ts';
import { seedOf, stampFor, today, watchItem } from './people.ts';

const origin = 'https://relay.example' as RelayOrigin;
const epoch = new Uint8Array(16).fill(0xe0) as RelayEpoch;
const noSlot = new Uint8Array(4) as Slot;
const secret = new Uint8Array(32).fill(0x5e);

/** One example of every message of the relay interface, as hex (URLs as text), from fixed keys. */
export function composeExamples(): Readonly<Record<string, string>> {
  const seed = seedOf(1);
  const author = crypto.personaKey(seed);
  const slot = Uint8Array.of(0, 0, 0, 1) as Slot;
  const { request } = recordKinds;
  const header = { kind: request, slot, rev: 1, day: today, until: addDays(today, 30) };
  const content = entryToContent({
    title: 'A letter',
    text: 'Somebody to read it.',
    language: 'en',
    country: 'KE',
    skills: ['legal', 'writing'],
    urgency: 'week',
  });
  const signer = { key: author, seed };
  const record = composeRecord(crypto, signer, header, content);
  const withdrawal = composeWithdrawal(crypto, signer, { kind: request, slot, rev: 2, day: today });
  const id = recordId(author, record.body);
  const pack = encodePack([record, withdrawal]);
  const challenge = labelledHash('challenge', secret, Math.floor(dayToMs(today) / 600_000));
  const context = { origin, epoch, challenge };
  const mailbox = mailboxOf(2, 'conversation');
  const contact = mailboxOf(3, 'contact');
  const envelope = envelopeOf(1);
  const contactStamp = stampFor(origin, contact.id, envelopeId(envelope), today, 18);
  const greeting = [[1], epoch, challenge, dayToMs(today), 18, false];
  const charterHeader = { kind: recordKinds.charter, slot: noSlot, rev: 1, day: today };
  const charter = composeRecord(
    crypto,
    { key: crypto.personaKey(seedOf(5)), seed: seedOf(5) },
    { ...charterHeader, until: addDays(today, 180) },
    charterToContent({ name: 'A circle', stewards: [author] }),
  );
  const stars = composeRecord(
    crypto,
    signer,
    { kind: recordKinds.attestation, slot, rev: 1, day: today, until: addDays(today, 90) },
    attestationToContent({ subject: crypto.personaKey(seedOf(4)), stars: 4, method: 'met' }),
  );
  const salt = new Uint8Array(16).fill(0x5a);
  const shortId = createShortIds(salt)(id);
  const symbols = emptySymbols(4);
  toggleMember(symbols, shortId);
  const examples = {
    'record: author': author,
    'record: body': record.body,
    'record: as sent': encodeRecord(record),
    'record: address': recordAddress(author, request, slot),
    'record: id': id,
    'withdrawal: as sent': encodeRecord(withdrawal),
    'charter: author': charter.author,
    'charter: body': charter.body,
    'charter: as sent': encodeRecord(charter),
    'attestation: subject': crypto.personaKey(seedOf(4)),
    'attestation: body': stars.body,
    'attestation: as sent': encodeRecord(stars),
    'greeting: of a relay with a charter': encodeCbor([...greeting, charter.author]),
    'publish: answer': encodeCbor([
      [id, recordVerdicts.accepted],
      [null, recordVerdicts.malformed],
    ]),
    'manifest: answer': encodeCbor([epoch, [[sha256Bytes(pack), 2, pack.length, 1, 2]], 2, false]),
    'pack: bytes': pack,
    'since: answer': encodeCbor([epoch, 3, false, encodePackPayload([record])]),
    'visit: answer to a cursor': encodeCbor([greeting, [0, 3, false, encodePackPayload([record])]]),
    'visit: answer to new': encodeCbor([
      greeting,
      [1, [[sha256Bytes(pack), 2, pack.length, 1, 2]], 2, 2, true, encodePackPayload([record])],
    ]),
    'reconcile: salt': salt,
    'reconcile: short id': shortIdBytesOf(shortId),
    'reconcile: call': encodeCbor([null, 0, 4]),
    'reconcile: answer': encodeCbor([epoch, salt, 2, 1, encodeSymbols(symbols, 0, 4)]),
    'records: call': encodeCbor([salt, shortIdBytesOf(shortId)]),
    'queue: read key': mailbox.readKey,
    'queue: H(cap)': mailbox.capHash,
    'queue: send id': mailbox.id,
    'queue: create': encodeCbor(creationOf(origin, mailbox)),
    'queue: append': encodeCbor([mailbox.cap, null, envelope]),
    'queue: append to a contact queue': encodeCbor([contact.cap, contactStamp, envelope]),
    'queue: append answer': encodeCbor([envelopeId(envelope), false]),
    challenge,
    'queue: read': encodeCbor([origin, challenge, [readItem(context, mailbox)]]),
    'queue: read answer': encodeCbor([
      [mailbox.id, queueVerdicts.read, [[1_795_262_400_001, envelope]], false],
    ]),
    'queue: ack': encodeCbor([
      origin,
      challenge,
      [ackItem(context, mailbox, [envelopeId(envelope)])],
    ]),
    'queue: ack answer': encodeCbor([1]),
    'live: signed bytes': watchSigningBytes(context, mailbox.id, 0),
    'live: poll': encodeCbor(['poll', origin, challenge, 3, [watchItem(context, mailbox)]]),
    'live: wake-up': encodeCbor([true, [mailbox.id]]),
    'live: heartbeat': encodeCbor([false, []]),
    error: errorBody(new CallError('rate-limited', 30)),
  };
  return {
    ...Object.fromEntries(
      Object.entries(examples).map(([name, bytes]) => [name, bytesToHex(bytes)]),
    ),
    'since: path': `/v1/board/since/${formatCursor({ epoch, sequence: 2 as RelaySequence })}`,
    'record: path': `/v1/records/${bytesToBase64Url(recordAddress(author, request, slot))}`,
  };
}

function shortIdBytesOf({ high, low }: ShortId): Bytes {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, high);
  view.setUint32(4, low);
  return bytes;
}
