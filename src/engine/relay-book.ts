import { relayOriginSchema } from '#core/records/contact.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import { msPerDay } from '#core/types/day.ts';
import type { RelayRow } from '#storage/database.ts';
import { createRelayRow } from '#storage/relay-row.ts';
import type { RelayFault } from '#sync/relay-fault.ts';
import type { RelayGreeting } from '#sync/wire/info.ts';
import { engineError, runStep, type EngineContext } from './engine-context.ts';
import type { RelayTrouble, RelayView } from './api/network-calls.ts';
import type { Outcome } from './api/outcome.ts';

const maxRelays = 8;

/** Puts the relay that this copy came from on the list, once. */
export async function ensureHomeRelay({ db, homeRelay, clock }: EngineContext): Promise<void> {
  if ((await db.relays.get(homeRelay)) !== undefined) return;
  await db.relays.add(createRelayRow({ origin: homeRelay, home: true, addedMs: clock() }));
}

/** Adds a relay by what the user typed. */
export function addRelay(context: EngineContext, address: string): Outcome<RelayOrigin> {
  return runStep(context, async () => {
    const origin = parseRelayAddress(address);
    if (origin === undefined || (await context.db.relays.count()) >= maxRelays) {
      return engineError('invalid-relay-address', 'address');
    }
    if ((await context.db.relays.get(origin)) === undefined) {
      await context.db.relays.add(
        createRelayRow({ origin, home: false, addedMs: context.clock() }),
      );
    }
    context.emit('network');
    context.kick();
    return ok(origin);
  });
}

/** Removes a relay; the last one stays. */
export function removeRelay(context: EngineContext, origin: RelayOrigin): Outcome<void> {
  return runStep(context, async () => {
    const { db } = context;
    if ((await db.relays.get(origin)) === undefined) return engineError('not-found');
    if ((await db.relays.count()) <= 1) return engineError('relay-unusable');
    await db.relays.delete(origin);
    await db.outbox
      .filter(({ relay, task }) => relay === origin && task.kind === 'publish')
      .delete();
    context.emit('network');
    return ok(undefined);
  });
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

/** Follows the charter that the relay of this app names, where none is followed yet. */
export async function noteCharter(
  { charter, homeRelay, emit }: EngineContext,
  origin: RelayOrigin,
  { charter: named }: RelayGreeting,
): Promise<void> {
  if (origin !== homeRelay || named === null || charter.key !== null) return;
  await charter.follow(named);
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

function isMisbehaviour(trouble: string | null): boolean {
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

/** A relay as its screen shows it. */
export function toRelayView(row: RelayRow): RelayView {
  const { origin, lastContactMs, demo, home, kind = 'relay' } = row;
  const trouble = row.trouble as RelayTrouble | null;
  return { origin, health: healthOf(row), trouble, lastContactMs, demo, home, kind };
}

function healthOf({ lastContactMs, reachable, trouble }: RelayRow): RelayView['health'] {
  if (trouble === 'captive-portal') return 'unreachable';
  if (isMisbehaviour(trouble)) return 'misbehaving';
  if (reachable) return 'reachable';
  return lastContactMs === null ? 'never-reached' : 'unreachable';
}

function troubleOf(fault: RelayFault): RelayTrouble | null {
  if (fault.code === 'unreachable') return null;
  return fault.code;
}

function parseRelayAddress(address: string): RelayOrigin | undefined {
  const typed = address.trim();
  const text = /^https?:\/\//i.test(typed) ? typed : `https://${typed}`;
  if (!URL.canParse(text)) return undefined;
  const { origin, username, password, pathname } = new URL(text);
  if (username !== '' || password !== '') return undefined;
  const parsed = relayOriginSchema.safeParse(origin);
  if (!parsed.success) return undefined;
  // A board of files may lie in a folder of its host.
  const folder = pathname.replace(/\/+$/, '');
  return /^[A-Za-z0-9._~/-]{0,200}$/.test(folder)
    ? (`${origin}${folder}` as RelayOrigin)
    : undefined;
}
