import type { RelayOrigin } from '#core/types/ids.ts';
import { msPerDay } from '#core/types/day.ts';
import { createRelayRow } from '#storage/relay-row.ts';
import type { RelayFault } from '#sync/relay-fault.ts';
import type { RelayGreeting } from '#sync/wire/info.ts';
import type { EngineContext } from './engine-context.ts';
import type { RelayTrouble } from './api/network-calls.ts';

/** Puts the relay that this copy came from on the list, once. */
export async function ensureHomeRelay({ db, homeRelay, clock }: EngineContext): Promise<void> {
  if ((await db.relays.get(homeRelay)) !== undefined) return;
  await db.relays.add(createRelayRow({ origin: homeRelay, home: true, addedMs: clock() }));
}

/** Notes that a relay answered, and how far its clock is from this device's. */
export async function noteContact(
  { db, clock }: EngineContext,
  origin: RelayOrigin,
  info: RelayGreeting,
): Promise<void> {
  const now = clock();
  const trouble = await lastingTrouble(db, origin);
  await db.relays.update(origin, {
    reachable: true,
    trouble,
    lastContactMs: now,
    clockOffsetMs: info.time - now,
    demo: info.demo,
    charter: info.charter,
    kind: 'relay',
  });
}

/**
 * Follows the charter that the relay of this app names, where none is followed yet, or only that of
 * the demonstration board which it was before.
 */
export async function noteCharter(
  { charter, homeRelay, emit }: EngineContext,
  origin: RelayOrigin,
  { charter: named, demo }: RelayGreeting,
): Promise<void> {
  const isOpen = charter.key === null ? named !== null : charter.isDemo && !demo;
  if (origin !== homeRelay || !isOpen) return;
  await charter.follow(named && { key: named, demo });
  emit('board');
}

/** Notes that a web host gave the manifest of a board that lies there as files. */
export async function noteStaticContact(
  { db, clock }: EngineContext,
  origin: RelayOrigin,
  demo: boolean,
): Promise<void> {
  const trouble = await lastingTrouble(db, origin);
  const lastContactMs = clock();
  const facts = { reachable: true, clockOffsetMs: 0, kind: 'static', demo } as const;
  await db.relays.update(origin, { ...facts, trouble, lastContactMs });
}

/** A board that came in whole and true clears what was said of the relay. */
export async function noteCleanBoard({ db }: EngineContext, origin: RelayOrigin): Promise<void> {
  await db.relays.update(origin, { trouble: null });
}

/** What a relay did stays said until it has brought a clean board; a greeting is no proof of that. */
async function lastingTrouble(
  db: EngineContext['db'],
  origin: RelayOrigin,
): Promise<RelayTrouble | null> {
  const trouble = ((await db.relays.get(origin))?.trouble ?? null) as RelayTrouble | null;
  return isMisbehaviour(trouble) ? trouble : null;
}

/** Whether a relay has done what no honest one does. */
export function isMisbehaviour(trouble: string | null): boolean {
  return trouble === 'bad-record' || trouble === 'bad-answer' || trouble === 'old-revisions';
}

/** Notes what went wrong with a relay. */
export async function noteFault(
  { db }: EngineContext,
  origin: RelayOrigin,
  fault: RelayFault,
): Promise<void> {
  await db.relays.update(origin, {
    reachable: fault.code === 'refused',
    trouble: troubleOf(fault) ?? (await lastingTrouble(db, origin)),
  });
}

/** Notes trouble that the relay's answers show although they arrive. */
export async function noteTrouble(
  { db }: EngineContext,
  origin: RelayOrigin,
  trouble: RelayTrouble,
): Promise<void> {
  await db.relays.update(origin, { trouble });
}

/** Whether this device's clock is over a day from the median of its relays (protocol.md, "Records"). */
export async function isClockOff({ db }: EngineContext): Promise<boolean> {
  const rows = await db.relays.toArray();
  const offsets = rows
    .filter(({ lastContactMs }) => lastContactMs !== null)
    .map(({ clockOffsetMs }) => clockOffsetMs)
    .sort((a, b) => a - b);
  const median = offsets[Math.floor(offsets.length / 2)] ?? 0;
  return Math.abs(median) > msPerDay;
}

function troubleOf(fault: RelayFault): RelayTrouble | null {
  if (fault.code === 'unreachable') return null;
  return fault.code;
}
