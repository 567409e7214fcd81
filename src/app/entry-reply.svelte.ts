import type { ConversationId, PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { EngineErrorCode } from '#engine/api/outcome.ts';
import type { PersonaView } from '#engine/api/persona-calls.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** `vault` means: the text waits in memory until the vault is there and open. */
export type ReplyStep = 'closed' | 'writing' | 'vault' | 'sending';

/** A first private message to the author of an entry. */
export class ReplyState {
  readonly #address: RecordAddressText;
  text = $state('');
  /** The persona that writes; empty for a new one. */
  persona = $state<PersonaKeyText | ''>('');
  #step = $state.raw<ReplyStep>('closed');
  #trouble = $state.raw<EngineErrorCode | null>(null);
  #personas = $state.raw<readonly PersonaView[]>([]);
  #hidden = $state.raw(false);
  #wasOpen = false;

  constructor(address: RecordAddressText) {
    this.#address = address;
  }

  get step(): ReplyStep {
    return this.#step;
  }

  get trouble(): EngineErrorCode | null {
    return this.#trouble;
  }

  get personas(): readonly PersonaView[] {
    return this.#personas;
  }

  /** Whether the text was put out of sight because the vault was locked over it. */
  get hidden(): boolean {
    return this.#hidden;
  }

  /** Hides the text when the vault is locked over it, until stopped. */
  follow(): () => void {
    return onEngineEvent((event) => {
      if (event === 'vault' && this.#step !== 'closed') void this.#readPersonas();
    });
  }

  async open(): Promise<void> {
    this.#step = 'writing';
    await this.#readPersonas();
  }

  /** Closes the form; the text stays in memory while this screen is open. */
  close(): void {
    this.#step = 'closed';
    this.#trouble = null;
  }

  /** Back to the text, from the step that opens the vault. */
  goBack(): void {
    this.#step = 'writing';
  }

  /** Goes on after the vault was opened. */
  async resume(): Promise<ConversationId | null> {
    await this.#readPersonas();
    if (!this.#hidden) return this.send();
    this.#hidden = false;
    this.#step = 'writing';
    return null;
  }

  /** Encrypts and hands the message to the outbox; null when something is still missing. */
  async send(): Promise<ConversationId | null> {
    this.#step = 'sending';
    this.#trouble = null;
    const choice =
      this.persona === ''
        ? ({ kind: 'new' } as const)
        : ({ kind: 'known', key: this.persona } as const);
    const sent = await engine.replyToEntry(this.#address, this.text, choice);
    if (sent.ok) return sent.value;
    const needsVault = sent.error.code === 'vault-missing' || sent.error.code === 'vault-locked';
    this.#step = needsVault ? 'vault' : 'writing';
    this.#trouble = needsVault ? null : sent.error.code;
    return null;
  }

  async #readPersonas(): Promise<void> {
    const listed = await engine.listPersonas();
    this.#personas = listed.ok ? listed.value : [];
    if (this.#wasOpen && !listed.ok && this.#step === 'writing' && this.text.trim() !== '') {
      this.#hidden = true;
      this.#step = 'vault';
    }
    this.#wasOpen = listed.ok;
  }
}
