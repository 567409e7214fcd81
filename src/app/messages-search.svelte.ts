import type { MessageHit } from '#engine/api/conversation-calls.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** How long the reader pauses before what is typed is looked for. */
const typingPauseMs = 200;

/** The search through the messages of the open vault; nothing of it is kept anywhere. */
export class MessageSearch {
  #text = $state.raw('');
  #hits = $state.raw<readonly MessageHit[] | null>(null);
  #ticket = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  get text(): string {
    return this.#text;
  }

  /** Whether anything is asked for. */
  readonly asked = $derived(this.#text.trim() !== '');

  /** Null until they are there. */
  get hits(): readonly MessageHit[] | null {
    return this.#hits;
  }

  /** Looks again when something moved, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if ((event === 'mail' || event === 'vault') && this.asked) void this.#look();
    });
    return () => {
      stop();
      this.ask('');
    };
  }

  ask(text: string): void {
    this.#text = text;
    this.#ticket++;
    clearTimeout(this.#pause);
    if (!this.asked) this.#hits = null;
    else this.#pause = setTimeout(() => void this.#look(), typingPauseMs);
  }

  async #look(): Promise<void> {
    const ticket = ++this.#ticket;
    const outcome = await engine.searchMessages(this.#text.trim());
    if (ticket !== this.#ticket) return;
    if (outcome.ok) this.#hits = outcome.value;
    else this.ask('');
  }
}
