import { composeRecord, type Signer } from '#core/records/compose.ts';
import { entryToContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { profileToContent } from '#core/records/profile.ts';
import { maxLifetimeDays, singletonSlot, type SignedRecord } from '#core/records/record.ts';
import { statusToContent } from '#core/records/status.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { demand, demoSlot, personaSigner } from './demo-signers.ts';
import type { DemoEntry, DemoPersona, DemoTexts } from './demo-texts.ts';
import { composeDemoTrust } from './demo-trust.ts';

/**
 * The demonstration board as it is on a day. Keys and slots come from the texts' own names, so that
 * addresses are the same everywhere and always; the day is the revision, so that a board that is
 * started again tomorrow is as fresh as it is today. There are no contact cards: nobody is there to
 * answer, and the app must not pretend otherwise.
 */
export function composeDemoBoard(
  crypto: CryptoPort,
  { entries, personas, charter }: DemoTexts,
  today: Day,
): readonly SignedRecord[] {
  const slugs = new Set([...Object.keys(personas), ...entries.map(({ persona }) => persona)]);
  const signers = new Map([...slugs].map((slug) => [slug, personaSigner(crypto, slug)] as const));
  const records: SignedRecord[] = [];
  for (const [slug, persona] of Object.entries(personas)) {
    records.push(composeProfile(crypto, demand(signers.get(slug)), persona, today));
  }
  // Before the entries, of which a newcomer is shown the last ones first.
  records.push(...composeDemoTrust(crypto, charter, signers, today));
  for (const entry of [...entries].sort((a, b) => b.ageDays - a.ageDays)) {
    records.push(...composeEntry(crypto, demand(signers.get(entry.persona)), entry, today));
  }
  return records;
}

function composeProfile(
  crypto: CryptoPort,
  signer: Signer,
  persona: DemoPersona,
  today: Day,
): SignedRecord {
  const header = {
    kind: recordKinds.profile,
    slot: singletonSlot,
    rev: today,
    day: today,
    until: addDays(today, maxLifetimeDays),
  };
  return composeRecord(crypto, signer, header, profileToContent(persona));
}

function composeEntry(
  crypto: CryptoPort,
  signer: Signer,
  entry: DemoEntry,
  today: Day,
): readonly SignedRecord[] {
  const slot = demoSlot(`entry/${entry.language}/${entry.title}`);
  const day = addDays(today, -Math.min(entry.ageDays, entry.lifetimeDays));
  const until = addDays(day, entry.lifetimeDays);
  const header = { kind: recordKinds[entry.kind], slot, rev: today, day, until };
  const record = composeRecord(crypto, signer, header, entryToContent(entry));
  if (entry.status === undefined) return [record];
  const status = { ...header, kind: recordKinds.status };
  return [record, composeRecord(crypto, signer, status, statusToContent({ status: entry.status }))];
}
