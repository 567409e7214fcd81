import type {
  ConversationId,
  PersonaKey,
  PersonaSeed,
  QueueCap,
  RelayOrigin,
} from '#core/types/ids.ts';
import { createOutboxRow, type OutboxRow } from '#storage/outbox-row.ts';
import { readKeyOf } from '#sync/mail-sync.ts';
import { capHash, queueId } from '#sync/wire/queues.ts';
import { today, type EngineContext } from './engine-context.ts';
import type { QueueValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** protocol.md, "Queues": lifetime of an own queue in days, renewed weekly while there is a link. */
const queueLifetimeDays = 30;
const capBytes = 32;

/** A queue that is not stored yet, and the row that creates it at its relay. */
export interface DrawnQueue {
  readonly queue: QueueValue;
  readonly creation: OutboxRow;
}

/** Draws the keys of a queue: with a cap for one conversation, without for first messages. */
export function drawQueue(
  context: EngineContext,
  vault: VaultSession,
  persona: PersonaKey,
  relay: RelayOrigin,
  conversation: ConversationId | null,
  chain: string,
): DrawnQueue {
  const readSeed = context.random(32) as PersonaSeed;
  const cap = context.random(conversation === null ? 0 : capBytes) as QueueCap;
  const readKey = readKeyOf(vault.crypto, readSeed);
  const queue: QueueValue = {
    type: 'queue',
    id: vault.newId(),
    role: conversation === null ? 'contact' : 'conversation',
    queueId: queueId(readKey, capHash(cap)),
    readSeed,
    cap,
    relay,
    persona,
    conversation,
    renewedDay: today(context),
    wanted: true,
    use: 'current',
    leftDay: null,
  };
  return { queue, creation: creationRow(vault, queue, chain) };
}

/** The row that creates a queue, or renews it: the call is idempotent. */
export function creationRow(vault: VaultSession, queue: QueueValue, chain: string): OutboxRow {
  return createOutboxRow({
    chain,
    purpose: 'queue',
    relay: queue.relay,
    task: {
      kind: 'create-queue',
      readKey: readKeyOf(vault.crypto, queue.readSeed),
      capHash: capHash(queue.cap),
      lifetimeDays: queueLifetimeDays,
    },
    sizeBytes: 80,
    ref: null,
  });
}
