import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { equalBytes, type Bytes } from '#core/types/bytes.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import { ackEnvelopes, readKeyOf, readQueues, type ReadableQueue } from '#sync/mail-sync.ts';
import type { RelayClient } from '#sync/relay-client.ts';
import type { RelayFault } from '#sync/relay-fault.ts';
import type { QueueCallContext } from '#sync/wire/queues.ts';
import type { EngineContext } from './engine-context.ts';
import { takeEnvelope } from './incoming-mail.ts';
import { creationRow } from './own-queues.ts';
import type { QueueValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** Positions up to which queues have been read, by queue id as text; in memory only. */
export type QueuePositions = Map<string, number>;

/** What a queue's owner shows a relay. */
function toReadable({ crypto }: VaultSession, queue: QueueValue): ReadableQueue {
  return {
    id: queue.queueId,
    readKey: readKeyOf(crypto, queue.readSeed),
    readSeed: queue.readSeed,
  };
}

/** My queues of one role at one relay that exist there already. */
async function queuesAt(
  { db }: EngineContext,
  vault: VaultSession,
  origin: RelayOrigin,
  role: QueueValue['role'],
): Promise<readonly QueueValue[]> {
  const waiting = await db.outbox.where('state').equals('waiting').toArray();
  const notYet = waiting.flatMap(({ task }) =>
    task.kind === 'create-queue' ? [task.readKey] : [],
  );
  return vault.all('queue').filter((queue) => {
    if (queue.relay !== origin || queue.role !== role || !queue.wanted) return false;
    const readKey = readKeyOf(vault.crypto, queue.readSeed);
    return !notYet.some((key) => equalBytes(key, readKey));
  });
}

/** My queues of one role at one relay, the liveliest first, each with the position after which news wakes. */
export async function watchedQueues(
  context: EngineContext,
  vault: VaultSession,
  origin: RelayOrigin,
  role: QueueValue['role'],
  positions: QueuePositions,
) {
  const queues = (await queuesAt(context, vault, origin, role)).map((queue) => ({
    queue: toReadable(vault, queue),
    after: positions.get(bytesToBase64Url(queue.queueId)) ?? 0,
    lastUsedMs: lastUsedMs(vault, queue),
  }));
  return queues.sort((a, b) => b.lastUsedMs - a.lastUsedMs);
}

function lastUsedMs(vault: VaultSession, { conversation }: QueueValue): number {
  return conversation === null ? 0 : (vault.messagesOf(conversation).at(-1)?.atMs ?? 0);
}

/** Reads, takes in and acknowledges everything that lies in my queues of one role. */
export async function pickUpMail(
  context: EngineContext,
  vault: VaultSession,
  client: RelayClient,
  call: QueueCallContext,
  role: QueueValue['role'],
  positions: QueuePositions,
): Promise<Result<void, RelayFault>> {
  let pending = await queuesAt(context, vault, client.origin, role);
  while (pending.length > 0 && context.vault === vault) {
    const asked = pending.map((queue) => {
      const name = bytesToBase64Url(queue.queueId);
      const after = vault.heldBack.has(name) ? (positions.get(name) ?? 0) : 0;
      return { queue: toReadable(vault, queue), after };
    });
    const read = await readQueues(client, vault.crypto, call, asked);
    if (!read.ok) return read;
    const again: QueueValue[] = [];
    const crowdedOut: QueueValue[] = [];
    let hasRead = false;
    for (const { queue: id, envelopes, position, more, unknown } of read.value) {
      const queue = pending.find(({ queueId }) => equalBytes(queueId, id));
      if (queue === undefined) continue;
      if (unknown) await recreate(context, vault, queue);
      if (envelopes.length === 0) {
        if (more) crowdedOut.push(queue);
        continue;
      }
      hasRead = true;
      const taken: Bytes[] = [];
      for (const envelope of envelopes) {
        const fate = await context.exclusive(async () =>
          context.vault === vault ? takeEnvelope(context, vault, queue, envelope) : null,
        );
        if (fate === null) return ok(undefined);
        if (fate === 'taken') taken.push(envelope);
      }
      if (taken.length > 0) {
        const readable = toReadable(vault, queue);
        const acked = await ackEnvelopes(client, vault.crypto, call, readable, taken);
        if (!acked.ok) return acked;
      }
      const name = bytesToBase64Url(id);
      if (taken.length < envelopes.length) vault.heldBack.add(name);
      positions.set(name, position);
      if (more) again.push(queue);
    }
    // A relay that brings nothing and promises more is asked again at the next visit only.
    pending = hasRead ? [...again, ...crowdedOut] : again;
  }
  return ok(undefined);
}

/** A queue that its relay has lost or let expire is created again; the call is idempotent. */
async function recreate(
  context: EngineContext,
  vault: VaultSession,
  queue: QueueValue,
): Promise<void> {
  const chain = queue.conversation ?? bytesToBase64Url(queue.persona);
  await context.exclusive(() => vault.commit({ send: [creationRow(vault, queue, chain)] }));
  context.kick();
}
