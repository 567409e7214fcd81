import { textLimits } from '#core/types/board-terms.ts';
import type { ConversationId, MessageId } from '#core/types/ids.ts';
import type { ConversationView, LifetimeDays } from '#engine/api/conversation-calls.ts';
import type { EngineEvent } from '#engine/api/engine-api.ts';
import type { EngineErrorCode, Outcome } from '#engine/api/outcome.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** How long the writer pauses before the draft is stored. */
const draftPauseMs = 500;

/** One private conversation on the screen, with the draft of its next message. */
export class Conversation {
  readonly #id: ConversationId;
  #view = $state.raw<ConversationView | null>(null);
  #readError = $state.raw<EngineErrorCode | null>(null);
  #sendError = $state.raw<EngineErrorCode | null>(null);
  #draft = $state.raw('');
  #sending = $state.raw(false);
  #deciding = $state.raw(false);
  #decideError = $state.raw<EngineErrorCode | null>(null);
  #draftRead = false;
  #draftStored = '';
  #ticket = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(id: ConversationId) {
    this.#id = id;
  }

  /** Null until read, and while it cannot be. */
  get view(): ConversationView | null {
    return this.#view;
  }

  get readError(): EngineErrorCode | null {
    return this.#readError;
  }

  get sendError(): EngineErrorCode | null {
    return this.#sendError;
  }

  get draft(): string {
    return this.#draft;
  }

  get sending(): boolean {
    return this.#sending;
  }

  /** What went wrong with the last decision about the conversation or a message of it. */
  get decideError(): EngineErrorCode | null {
    return this.#decideError;
  }

  /** Bytes of one message: less while the handshake still travels along (protocol.md, "First message"). */
  readonly limitBytes = $derived(
    (this.#view?.messages.some(({ fromMe, notice }) => !fromMe && !notice) ?? true)
      ? textLimits.messageBytes
      : textLimits.firstMessageBytes,
  );

  /** Reads it, and again when it moves, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => this.#hear(event));
    const storeNow = (): void => void this.#storeDraft();
    document.addEventListener('visibilitychange', storeNow);
    void this.#read();
    return () => {
      stop();
      document.removeEventListener('visibilitychange', storeNow);
      void this.#storeDraft();
    };
  }

  write(text: string): void {
    this.#draft = text;
    this.#sendError = null;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#storeDraft(), draftPauseMs);
  }

  /** Hands the draft to the engine; it stays in the field when that fails. */
  async send(): Promise<boolean> {
    const text = this.#draft;
    if (this.#sending || text.trim() === '') return false;
    this.#sending = true;
    clearTimeout(this.#pause);
    const outcome = await engine.sendMessage(this.#id, text).catch(() => engineGone);
    this.#sending = false;
    this.#sendError = outcome.ok ? null : outcome.error.code;
    if (!outcome.ok) return false;
    if (this.#draft === text) this.#draft = '';
    this.#draftStored = '';
    await this.#storeDraft();
    await this.#read();
    return true;
  }

  /** Deletes the conversation on this device only; tells whether it is gone. */
  async remove(): Promise<boolean> {
    clearTimeout(this.#pause);
    const outcome = await engine.deleteConversation(this.#id);
    if (!outcome.ok) this.#sendError = outcome.error.code;
    else this.#draftStored = this.#draft = '';
    return outcome.ok;
  }

  readonly accept = (): Promise<boolean> => this.#decide(() => engine.acceptContact(this.#id));

  readonly decline = (): Promise<boolean> => this.#decide(() => engine.declineContact(this.#id));

  block(blocked: boolean): Promise<boolean> {
    return this.#decide(() => engine.blockPeer(this.#id, blocked));
  }

  mute(muted: boolean): Promise<boolean> {
    return this.#decide(() => engine.muteConversation(this.#id, muted));
  }

  chooseLifetime(days: LifetimeDays): Promise<boolean> {
    return this.#decide(() => engine.setLifetime(this.#id, days));
  }

  readonly moveMailbox = (): Promise<boolean> => this.#decide(() => engine.moveQueue(this.#id));

  trustKey(decision: 'trust-new' | 'keep-old'): Promise<boolean> {
    return this.#decide(() => engine.decideOnKey(this.#id, decision));
  }

  /** Deletes one message on this device only. */
  removeMessage(id: MessageId): Promise<boolean> {
    return this.#decide(() => engine.deleteMessage(id));
  }

  /** Carries out one decision at a time, and shows what became of it; tells whether it was done. */
  async #decide(call: () => Outcome<void>): Promise<boolean> {
    if (this.#deciding) return false;
    this.#deciding = true;
    const outcome = await call().catch(() => engineGone);
    this.#deciding = false;
    this.#decideError = outcome.ok ? null : outcome.error.code;
    await this.#read();
    return outcome.ok;
  }

  #hear(event: EngineEvent): void {
    if (event === 'mail' || event === 'vault') void this.#read();
  }

  async #read(): Promise<void> {
    const ticket = ++this.#ticket;
    const outcome = await engine.readConversation(this.#id);
    if (ticket !== this.#ticket) return;
    this.#readError = outcome.ok ? null : outcome.error.code;
    this.#view = outcome.ok ? outcome.value : null;
    if (outcome.ok) {
      this.#takeDraft(outcome.value.draft);
      await this.#markRead(outcome.value);
    } else this.#forget();
  }

  #takeDraft(stored: string): void {
    if (this.#draftRead) return;
    this.#draftRead = true;
    this.#draft = this.#draftStored = stored;
  }

  /** A locked vault leaves no words behind on the screen. */
  #forget(): void {
    clearTimeout(this.#pause);
    this.#draftRead = false;
    this.#draft = this.#draftStored = '';
  }

  async #markRead({ unread }: ConversationView): Promise<void> {
    if (unread > 0 && document.visibilityState === 'visible') await engine.markRead(this.#id);
  }

  async #storeDraft(): Promise<void> {
    clearTimeout(this.#pause);
    const text = this.#draft;
    if (!this.#draftRead || text === this.#draftStored) return;
    const outcome = await engine.saveMessageDraft(this.#id, text);
    if (outcome.ok) this.#draftStored = text;
  }
}

const engineGone = { ok: false, error: { code: 'engine-gone' } } as const;
