import { relayOriginSchema } from '#core/records/contact.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import type { RelayRow } from '#storage/database.ts';
import { createRelayRow } from '#storage/relay-row.ts';
import type { RelayTrouble, RelayView } from './api/network-calls.ts';
import type { Outcome } from './api/outcome.ts';
import { engineError, runStep, type EngineContext } from './engine-context.ts';
import { isMisbehaviour } from './relay-book.ts';

const maxRelays = 8;

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
