import { attestationToContent } from '#core/records/attestation.ts';
import { composeRecord, composeWithdrawal } from '#core/records/compose.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { recordAddress, type RecordHeader } from '#core/records/record.ts';
import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import { equalBytes } from '#core/types/bytes.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { PersonaKey, RecordAddressText, RelayOrigin, Slot } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import { localOf } from '#storage/board-documents.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import type { Vetting } from './api/trust-calls.ts';
import { stewardFor } from './author-trust.ts';
import { nextRevision } from './contact-cards.ts';
import { engineError, runUnlocked, today, type EngineContext } from './engine-context.ts';
import { clampDay, drawSlot, ownRow, publishOwn } from './own-records.ts';
import { findPersona } from './personas.ts';
import type { PersonaValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

const kind = recordKinds.attestation;

/** Publishes stars for an entry's author, over those that this steward gave before. */
export function giveStars(
  context: EngineContext,
  about: RecordAddressText,
  { stars, method, lifetimeDays }: Vetting,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const vetted = await findVetted(context, vault, about);
    if (!vetted.ok) return vetted;
    const { steward, subject, relays } = vetted.value;
    const given = findGiven(context, steward.key, subject);
    const slot = given?.slot ?? (await drawSlot(context, steward, kind));
    const header = await nextHeader(context, steward, slot, given?.day);
    const until = addDays(header.day, lifetimeDays);
    const content = attestationToContent({ subject, stars, method });
    const record = composeRecord(vault.crypto, steward, { ...header, until }, content);
    await publishOwn(context, vault, steward, ownRow(record), 'stars', [], relays);
    return ok(undefined);
  });
}

/** Takes this steward's own stars for an entry's author back; copies of them stay where they are. */
export function takeStarsBack(context: EngineContext, about: RecordAddressText): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const vetted = await findVetted(context, vault, about);
    if (!vetted.ok) return vetted;
    const { steward, subject, relays } = vetted.value;
    const given = findGiven(context, steward.key, subject);
    if (given === undefined) return engineError('not-found');
    const header = await nextHeader(context, steward, given.slot, given.day);
    const record = composeWithdrawal(vault.crypto, steward, header);
    await publishOwn(context, vault, steward, ownRow(record), 'stars', [], relays);
    return ok(undefined);
  });
}

interface Vetted {
  readonly steward: PersonaValue;
  readonly subject: PersonaKey;
  /** Those whose charter names the steward: others take no stars of theirs. */
  readonly relays: readonly RelayOrigin[];
}

async function findVetted(
  context: EngineContext,
  vault: VaultSession,
  about: RecordAddressText,
): Promise<Result<Vetted, EngineError>> {
  if (context.clockWrong) return engineError('clock-wrong');
  await context.db.board.openAll();
  const entry = context.board.get(about);
  const subject = entry && base64UrlToBytes(entry.author);
  if (entry === undefined || subject?.ok !== true) return engineError('not-found');
  if (findPersona(vault, entry.author) !== undefined) return engineError('own-entry');
  const key = stewardFor(vault, await context.charter.read(), entry.author);
  const steward = key === null ? undefined : findPersona(vault, key);
  if (steward === undefined) return engineError('not-a-steward');
  const relays = await relaysOfCharter(context);
  if (relays.length === 0) return engineError('not-a-steward');
  return ok({ steward, subject: subject.value as PersonaKey, relays });
}

async function relaysOfCharter({ db, charter }: EngineContext): Promise<readonly RelayOrigin[]> {
  const { key } = charter;
  if (key === null) return [];
  const rows = await db.relays.toArray();
  return rows
    .filter(({ charter: named }) => named && equalBytes(named, key))
    .map(({ origin }) => origin);
}

/** Where this steward's word on somebody stands, expired or not. */
function findGiven(
  { db }: EngineContext,
  steward: PersonaKey,
  subject: PersonaKey,
): { readonly slot: Slot; readonly day: Day } | undefined {
  const { documents } = db.board;
  for (const document of documents.attestations) {
    const segment = documents.segmentOf(document);
    const local = localOf(document);
    const about = segment.subjects.get(local);
    if (about === undefined || !equalBytes(about, subject)) continue;
    if (!equalBytes(segment.authorOf(local), steward)) continue;
    return { slot: segment.slotOf(local), day: (segment.days[local] ?? 0) as Day };
  }
  return undefined;
}

async function nextHeader(
  context: EngineContext,
  steward: PersonaValue,
  slot: Slot,
  dayBefore: Day | undefined,
): Promise<Omit<RecordHeader, 'until'>> {
  const rev = await nextRevision(context, recordAddress(steward.key, kind, slot));
  const day = today(context);
  return { kind, slot, rev, day: dayBefore === undefined ? day : clampDay(day, dayBefore) };
}
