import { moveOwnQueue } from '#core/messages/conversation-seal.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { equalBytes } from '#core/types/bytes.ts';
import { msPerDay } from '#core/types/day.ts';
import type { ConversationId, QueueReadKey, RelayOrigin } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import type { RelayRow } from '#storage/database.ts';
import type { OutboxRow } from '#storage/outbox-row.ts';
import { readKeyOf } from '#sync/mail-sync.ts';
import type { Outcome } from './api/outcome.ts';
import { barOf, prepareMessage, readState } from './conversation-send.ts';
import { newMessage } from './conversation-values.ts';
import { engineError, runUnlocked, today, type EngineContext } from './engine-context.ts';
import { joinChanges, replaceRows, waitingRows } from './outbox-chains.ts';
import { drawQueue } from './own-queues.ts';
import type { ConversationValue, QueueValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/** A relay that has been silent for so long is left, where another one answers. */
const silentDays = 3;
/** So long the old queue is read after the peer acknowledged the new one: what it had sealed may still wait. */
const graceDays = 30;
/** A new queue that its relay refused is drawn again after so many days. */
const retryDays = 1;

/** Moves a conversation's own mailbox to a fresh queue, at another relay where one answers. */
export function moveQueue(context: EngineContext, id: ConversationId): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const conversation = vault.get('conversation', id);
    if (conversation === undefined || conversation.state.length === 0) {
      return engineError('not-found');
    }
    const bar = barOf(conversation);
    if (bar !== null) return engineError(bar);
    const queues = queuesOf(vault, id);
    if (queues.some(({ use }) => use === 'next')) return ok(undefined);
    const here = queues.find(({ use }) => use === 'current')?.relay;
    const elsewhere = (await answeringRelays(context)).find((origin) => origin !== here);
    await beginMove(context, vault, conversation, elsewhere ?? here ?? context.homeRelay);
    context.emit('network');
    context.kick();
    return ok(undefined);
  });
}

/** Goes on with every move, and begins one where a conversation's relay is gone or has long been silent. */
export async function tendQueues(context: EngineContext, vault: VaultSession): Promise<boolean> {
  const creations = await readCreations(context);
  let sent = false;
  for (const conversation of vault.all('conversation')) {
    const change = await tendMove(context, vault, conversation, creations);
    if (change === null) continue;
    await vault.commit(change);
    context.emit('mail');
    sent = true;
  }
  await leaveOldQueues(context, vault, creations);
  return (await leaveDeadRelays(context, vault)) || sent;
}

/** A relay at which nothing should be received any more: taken off the list, or silent for days. */
export async function isRelayLost({ db, clock }: EngineContext, origin: RelayOrigin) {
  const row = await db.relays.get(origin);
  return row === undefined || isSilent(row, clock());
}

/** The relays that answer, in the order in which they are used. */
export async function answeringRelays({ db }: EngineContext): Promise<readonly RelayOrigin[]> {
  const rows = await db.relays.toArray();
  return rows
    .filter(({ reachable, kind }) => reachable && kind !== 'static')
    .sort((a, b) => Number(b.home) - Number(a.home) || a.addedMs - b.addedMs)
    .map(({ origin }) => origin);
}

/** What waits for the peer goes where the peer reads now: the sealed bytes are the same. */
export async function redirectWaiting(
  context: EngineContext,
  id: ConversationId,
  before: ConversationState | null,
  after: ConversationState,
): Promise<VaultChange> {
  const queue = after.peerQueue?.queue;
  const [relay] = queue?.relays ?? [];
  const known = before?.peerQueue?.queue.queueId;
  if (queue === undefined || relay === undefined || known === undefined) return {};
  if (equalBytes(known, queue.queueId)) return {};
  const rows = await waitingRows(context, id);
  if (!rows.some((row) => isToConversation(row))) return {};
  return replaceRows(rows, (row) => {
    if (row.task.kind !== 'append' || !isToConversation(row)) return row;
    const task = { ...row.task, queue: queue.queueId, cap: queue.cap };
    return { ...row, relay, task, notBeforeMs: row.notBeforeMs === held ? held : 0 };
  });
}

const held = Number.MAX_SAFE_INTEGER;

function isToConversation({ task }: OutboxRow): boolean {
  return task.kind === 'append' && task.cap.length > 0;
}

async function beginMove(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  relay: RelayOrigin,
): Promise<void> {
  const { id, persona } = conversation;
  const { queue, creation } = drawQueue(context, vault, persona, relay, id, id);
  // Of a chain of its own: what waits for a silent relay must not hold it up.
  await vault.commit({
    put: [{ ...queue, use: 'next' }],
    send: [{ ...creation, chain: queue.id }],
  });
}

/** Once the new queue exists the peer is told over the ratchet; until then nobody is. */
async function tendMove(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  creations: Creations,
): Promise<VaultChange | null> {
  const queues = queuesOf(vault, conversation.id);
  const next = queues.find(({ use }) => use === 'next');
  if (next === undefined || barOf(conversation) !== null) return null;
  const readKey = readKeyOf(vault.crypto, next.readSeed);
  if (creations.refused.some((key) => equalBytes(key, readKey))) {
    return today(context) - next.renewedDay < retryDays ? null : { remove: [next] };
  }
  if (creations.waiting.some((key) => equalBytes(key, readKey))) return null;
  const state = readState(conversation);
  if (!state.ok) return null;
  const { queueId, cap, relay } = next;
  const moved = moveOwnQueue(state.value, { queueId, cap, relays: [relay] });
  const notice = { kind: 'queue-moved' } as const;
  const message = newMessage(context, vault, conversation, { fromMe: true, text: '', notice });
  const body = { type: 'queue' } as const;
  const told = prepareMessage(context, vault, conversation, moved, body, message);
  if (!told.ok) return null;
  const before = queues.filter(({ use }) => use === 'current');
  const put = [...before.map((queue) => ({ ...queue, use: 'old' }) as const)];
  return joinChanges(told.value, { put: [...put, { ...next, use: 'current' }] });
}

/** Old queues are read until the peer has acknowledged the new one, and for a grace. */
async function leaveOldQueues(
  context: EngineContext,
  vault: VaultSession,
  creations: Creations,
): Promise<void> {
  const day = today(context);
  const put: QueueValue[] = [];
  const remove: QueueValue[] = [];
  for (const queue of vault.all('queue')) {
    if (queue.use !== 'old' || queue.conversation === null) continue;
    const conversation = vault.get('conversation', queue.conversation);
    const state = conversation === undefined ? null : readState(conversation);
    if (queue.leftDay === null && state?.ok === true && state.value.ownQueue.isKnown) {
      put.push({ ...queue, leftDay: day });
    }
    if (queue.leftDay !== null && day - queue.leftDay > graceDays) remove.push(queue);
  }
  if (put.length + remove.length === 0) return;
  const gone = remove.map(({ readSeed }) => readKeyOf(vault.crypto, readSeed));
  const settle = creations.rows
    .filter(({ readKey }) => gone.some((key) => equalBytes(key, readKey)))
    .map(({ id }) => id);
  await vault.commit({ put, remove, settle });
}

async function leaveDeadRelays(context: EngineContext, vault: VaultSession): Promise<boolean> {
  const answering = await answeringRelays(context);
  if (answering.length === 0) return false;
  let begun = false;
  for (const conversation of vault.all('conversation')) {
    if (conversation.stage !== 'open' || conversation.state.length === 0) continue;
    if (barOf(conversation) !== null) continue;
    const queues = queuesOf(vault, conversation.id);
    const current = queues.find(({ use }) => use === 'current');
    if (current === undefined || queues.some(({ use }) => use === 'next')) continue;
    if (!(await isRelayLost(context, current.relay))) continue;
    const elsewhere = answering.find((origin) => origin !== current.relay);
    if (elsewhere === undefined) continue;
    await beginMove(context, vault, conversation, elsewhere);
    begun = true;
  }
  return begun;
}

function queuesOf(vault: VaultSession, id: ConversationId): readonly QueueValue[] {
  return vault.all('queue').filter(({ conversation }) => conversation === id);
}

function isSilent({ reachable, lastContactMs, addedMs }: RelayRow, now: number): boolean {
  return !reachable && now - (lastContactMs ?? addedMs) >= silentDays * msPerDay;
}

/** Queue creations in the outbox: those under way, and those that their relay refused. */
interface Creations {
  readonly rows: readonly { readonly id: number; readonly readKey: QueueReadKey }[];
  readonly waiting: readonly QueueReadKey[];
  readonly refused: readonly QueueReadKey[];
}

async function readCreations({ db }: EngineContext): Promise<Creations> {
  const rows = (await db.outbox.toArray()).flatMap(({ id, task, state }) =>
    task.kind === 'create-queue' && id !== undefined ? [{ id, readKey: task.readKey, state }] : [],
  );
  const of = (wanted: OutboxRow['state']) =>
    rows.filter(({ state }) => state === wanted).map(({ readKey }) => readKey);
  return { rows, waiting: of('waiting'), refused: of('refused') };
}
