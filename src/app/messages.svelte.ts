import type { ConversationId } from '#core/types/ids.ts';
import type { ConversationRow } from '#engine/api/conversation-calls.ts';
import type { EngineErrorCode } from '#engine/api/outcome.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** The list of private conversations; empty of content as soon as the vault is locked. */
class ConversationList {
  #rows = $state.raw<readonly ConversationRow[] | null>(null);
  #error = $state.raw<EngineErrorCode | null>(null);
  #ticket = 0;

  /** The one that moved last first; null until read, and while it cannot be. */
  get rows(): readonly ConversationRow[] | null {
    return this.#rows;
  }

  /** First messages of strangers that wait for a decision. */
  readonly asking = $derived((this.#rows ?? []).filter(isAsking));

  /** Those that were declined here, or whose peer is blocked. */
  readonly putAside = $derived((this.#rows ?? []).filter(isPutAside));

  /** All others. */
  readonly open = $derived((this.#rows ?? []).filter((row) => !isAsking(row) && !isPutAside(row)));

  get error(): EngineErrorCode | null {
    return this.#error;
  }

  /** Reads the list, and again when it moves, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'mail' || event === 'vault' || event === 'board') void this.#read();
    });
    void this.#read();
    return stop;
  }

  /** Decides on a stranger's first message. */
  async decide(id: ConversationId, decision: 'accept' | 'decline' | 'block'): Promise<void> {
    const outcome = await {
      accept: () => engine.acceptContact(id),
      decline: () => engine.declineContact(id),
      block: () => engine.blockPeer(id, true),
    }[decision]();
    await this.#read();
    if (!outcome.ok) this.#error = outcome.error.code;
  }

  async #read(): Promise<void> {
    const ticket = ++this.#ticket;
    const outcome = await engine.listConversations();
    if (ticket !== this.#ticket) return;
    this.#rows = outcome.ok ? outcome.value : null;
    this.#error = outcome.ok ? null : outcome.error.code;
  }
}

function isAsking({ stage, blocked }: ConversationRow): boolean {
  return stage === 'asked' && !blocked;
}

function isPutAside({ stage, blocked }: ConversationRow): boolean {
  return stage === 'declined' || blocked;
}

export const conversations = new ConversationList();
