import { composeRecord, composeWithdrawal } from '#core/records/compose.ts';
import { entryToContent, type EntryContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { recordAddress, type RecordHeader } from '#core/records/record.ts';
import { statusToContent } from '#core/records/status.ts';
import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import type { RequestStatus } from '#core/types/board-terms.ts';
import { addDays } from '#core/types/day.ts';
import type { RecordAddressText, Slot } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import type { RecordRow } from '#storage/database.ts';
import type { OutboxPurpose } from '#storage/outbox-row.ts';
import type { IndexedEntry } from './board-index.ts';
import { nextRevision } from './contact-cards.ts';
import { engineError, runUnlocked, today, type EngineContext } from './engine-context.ts';
import type { EntryFields, EntryPreview, PersonaChoice } from './api/entry-calls.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import { checkEntryFields } from './entry-fields.ts';
import { clampDay, drawSlot, ownRow, publishOwn } from './own-records.ts';
import { choosePersona, cleanLabel, findPersona } from './personas.ts';
import { findPrivacyWarnings } from './privacy-warnings.ts';
import type { PersonaValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** A record's frame without its body: 64 bytes of signature, 32 of author, the heads. */
const recordFrameBytes = 104;
const labelCharacters = 40;

/** Shows exactly what would become public. */
export function previewEntry(
  context: EngineContext,
  fields: EntryFields,
  choice: PersonaChoice,
): Result<EntryPreview, EngineError> {
  const entry = checkEntryFields(fields);
  if (!entry.ok) return entry;
  const day = today(context);
  const encoded = new TextEncoder().encode(entry.value.title + entry.value.text);
  return ok({
    fields: { ...fields, ...entry.value },
    author: choice.kind === 'known' ? choice.key : null,
    day,
    until: addDays(day, fields.lifetimeDays),
    sizeBytes: encoded.length + recordFrameBytes,
    warnings: findPrivacyWarnings(`${entry.value.title}\n${entry.value.text}`),
  });
}

/** Signs a request or an offer and hands it to the outbox, with the persona and card it needs. */
export function postEntry(
  context: EngineContext,
  fields: EntryFields,
  choice: PersonaChoice,
): Outcome<RecordAddressText> {
  return runUnlocked(context, async (vault) => {
    if (context.clockWrong) return engineError('clock-wrong');
    const entry = checkEntryFields(fields);
    if (!entry.ok) return entry;
    const label = cleanLabel([...entry.value.title].slice(0, labelCharacters).join(''));
    const chosen = choosePersona(context, vault, choice, label);
    if (!chosen.ok) return chosen;
    const { persona, isNew } = chosen.value;
    const row = await signEntry(context, vault, persona, fields, entry.value);
    await publishOwn(context, vault, persona, row, 'entry', isNew ? [persona] : []);
    context.emit('personas');
    return ok(row.address);
  });
}

/** Publishes a new revision of an own entry. */
export function editEntry(
  context: EngineContext,
  address: RecordAddressText,
  fields: EntryFields,
): Outcome<void> {
  return reviseOwn(context, address, 'entry', (header) => {
    const entry = checkEntryFields(fields);
    if (!entry.ok) return entry;
    const until = addDays(header.day, fields.lifetimeDays);
    return ok({ header: { ...header, until }, content: entryToContent(entry.value) });
  });
}

/** Takes an own entry back; copies that others hold cannot be recalled. */
export function withdrawEntry(context: EngineContext, address: RecordAddressText): Outcome<void> {
  return reviseOwn(context, address, 'withdrawal', (header) => ok({ header, content: null }));
}

/** Says where an own request stands. */
export function setStatus(
  context: EngineContext,
  address: RecordAddressText,
  status: RequestStatus,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    if (context.clockWrong) return engineError('clock-wrong');
    const own = findOwn(context, vault, address);
    if (!own.ok) return own;
    const { entry, persona } = own.value;
    const slot = slotOf(entry);
    const kind = recordKinds.status;
    const rev = await nextRevision(context, recordAddress(persona.key, kind, slot));
    const day = clampDay(today(context), entry.day);
    const header: RecordHeader = { kind, slot, rev, day, until: entry.until };
    const record = composeRecord(vault.crypto, persona, header, statusToContent({ status }));
    await publishOwn(context, vault, persona, ownRow(record), 'status', []);
    return ok(undefined);
  });
}

async function signEntry(
  context: EngineContext,
  vault: VaultSession,
  persona: PersonaValue,
  fields: EntryFields,
  entry: EntryContent,
): Promise<RecordRow> {
  const kind = recordKinds[fields.kind];
  const day = today(context);
  const slot = await drawSlot(context, persona, kind);
  const header = { kind, slot, rev: 0, day, until: addDays(day, fields.lifetimeDays) };
  return ownRow(composeRecord(vault.crypto, persona, header, entryToContent(entry)));
}

interface Revised {
  readonly header: RecordHeader;
  /** Null takes the record back. */
  readonly content: ReturnType<typeof entryToContent> | null;
}

function reviseOwn(
  context: EngineContext,
  address: RecordAddressText,
  purpose: OutboxPurpose,
  revise: (header: RecordHeader) => Result<Revised, EngineError>,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    if (context.clockWrong) return engineError('clock-wrong');
    const own = findOwn(context, vault, address);
    if (!own.ok) return own;
    const { entry, persona } = own.value;
    const kind = recordKinds[entry.kind];
    const slot = slotOf(entry);
    const revised = revise({
      kind,
      slot,
      rev: await nextRevision(context, recordAddress(persona.key, kind, slot)),
      day: clampDay(today(context), entry.day),
      until: entry.until,
    });
    if (!revised.ok) return revised;
    const { header, content } = revised.value;
    const record =
      content === null
        ? composeWithdrawal(vault.crypto, persona, header)
        : composeRecord(vault.crypto, persona, header, content);
    await publishOwn(context, vault, persona, ownRow(record), purpose, []);
    return ok(undefined);
  });
}

function findOwn(
  { board }: EngineContext,
  vault: VaultSession,
  address: RecordAddressText,
): Result<{ readonly entry: IndexedEntry; readonly persona: PersonaValue }, EngineError> {
  const entry = board.get(address);
  if (entry === undefined) return engineError('not-found');
  const persona = findPersona(vault, entry.author);
  return persona === undefined ? engineError('not-yours') : ok({ entry, persona });
}

function slotOf(entry: IndexedEntry): Slot {
  const slot = base64UrlToBytes(entry.slot);
  if (!slot.ok) throw new Error('A slot in the index is not base64url');
  return slot.value as Slot;
}
