import { compareCards } from './key-changes.ts';
import { eraseExpired } from './message-lifetimes.ts';
import type { EngineContext } from './engine-context.ts';
import { findForeignRevisions } from './foreign-revisions.ts';
import { tendQueues } from './queue-moves.ts';
import { sendDueReceipts } from './receipts.ts';
import type { VaultSession } from './vault-session.ts';

/** A timer is set no further ahead; a device that slept looks again at every visit anyway. */
const longestWaitMs = 600_000;
const shortestWaitMs = 1_000;
const timers = new WeakMap<VaultSession, ReturnType<typeof setTimeout>>();

/** Does what is due in the vault by now, and wakes again when the next thing is; nothing by a doubted clock. */
export async function doDueWork(context: EngineContext, vault: VaultSession): Promise<void> {
  if (context.clockWrong) return;
  await eraseExpired(context, vault);
  await compareCards(context, vault);
  await findForeignRevisions(context, vault);
  const hasSent = [await sendDueReceipts(context, vault), await tendQueues(context, vault)];
  if (hasSent.includes(true)) context.kick();
  wakeWhenDue(context, vault);
}

/** Sets the timer for the next receipt that is due, and the next message that leaves. */
export function wakeWhenDue(context: EngineContext, vault: VaultSession): void {
  clearTimeout(timers.get(vault));
  const dueMs = Math.min(
    ...vault.all('conversation').map(({ receiptDueMs }) => receiptDueMs ?? Infinity),
    ...vault.all('message').map(({ leavesAtMs }) => leavesAtMs ?? Infinity),
  );
  if (dueMs === Infinity) return;
  const delay = Math.min(Math.max(dueMs - context.clock(), shortestWaitMs), longestWaitMs);
  const wake = () =>
    context.exclusive(async () => {
      if (context.vault === vault) await doDueWork(context, vault);
    });
  timers.set(
    vault,
    setTimeout(() => void wake(), delay),
  );
}
