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

  async #read(): Promise<void> {
    const ticket = ++this.#ticket;
    const outcome = await engine.listConversations();
    if (ticket !== this.#ticket) return;
    this.#rows = outcome.ok ? outcome.value : null;
    this.#error = outcome.ok ? null : outcome.error.code;
  }
}

export const conversations = new ConversationList();
