import type { ConversationId } from '#core/types/ids.ts';
import type { ConversationRow, Verification } from '#engine/api/conversation-calls.ts';
import type { EngineErrorCode, Outcome } from '#engine/api/outcome.ts';
import { engine, onEngineEvent } from './engine-client.ts';

const digitsInGroup = 5;

/** How a comparison ended: by the code of the other device, or by the reader's own eyes. */
export type ComparisonResult = 'match' | 'differ' | null;

/** What two people compare to know that nobody stands between them. */
export class ContactVerification {
  readonly #id: ConversationId;
  #peer = $state.raw<Pick<ConversationRow, 'peer' | 'peerName'> | null>(null);
  #facts = $state.raw<Verification | null>(null);
  #error = $state.raw<EngineErrorCode | null>(null);
  #compareError = $state.raw<EngineErrorCode | null>(null);
  #result = $state.raw<ComparisonResult>(null);
  #ticket = 0;

  constructor(id: ConversationId) {
    this.#id = id;
  }

  /** Whom it is about; null until read, and while the vault is locked. */
  get peer(): Pick<ConversationRow, 'peer' | 'peerName'> | null {
    return this.#peer;
  }

  get facts(): Verification | null {
    return this.#facts;
  }

  /** Why there is nothing to compare. */
  get error(): EngineErrorCode | null {
    return this.#error;
  }

  /** Why the last code could not be compared. */
  get compareError(): EngineErrorCode | null {
    return this.#compareError;
  }

  get result(): ComparisonResult {
    return this.#result;
  }

  /** The 60 digits in the groups in which they are read aloud. */
  readonly groups = $derived(
    (this.#facts?.digits ?? '').match(new RegExp(`.{1,${String(digitsInGroup)}}`, 'g')) ?? [],
  );

  /** Reads it, and again when it moves, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'mail' || event === 'vault') void this.#read();
    });
    void this.#read();
    return stop;
  }

  /** Compares the code that the other device showed, and marks the contact if it is theirs. */
  async compare(code: string): Promise<void> {
    this.#result = this.#compareError = null;
    const compared = await engine.compareScanned(this.#id, code.trim());
    await this.#read();
    if (compared.ok) this.#result = 'match';
    else if (compared.error.code === 'code-not-theirs') this.#result = 'differ';
    this.#compareError = compared.ok ? null : compared.error.code;
  }

  /** The reader has compared them: they are the same. */
  async confirm(): Promise<void> {
    if (await this.#mark(true)) this.#result = 'match';
  }

  /** The reader has compared them: they are not the same. */
  async deny(): Promise<void> {
    if ((this.#facts?.verifiedDay ?? null) === null || (await this.#mark(false)))
      this.#result = 'differ';
  }

  /** Takes the mark back, with no word about the digits. */
  async withdraw(): Promise<void> {
    if (await this.#mark(false)) this.#result = null;
  }

  /** Blocks whoever answers in this contact's place; tells whether it was done. */
  async block(): Promise<boolean> {
    return this.#attempt(engine.blockPeer(this.#id, true));
  }

  async #mark(verified: boolean): Promise<boolean> {
    return this.#attempt(engine.setVerified(this.#id, verified));
  }

  async #attempt(call: Outcome<void>): Promise<boolean> {
    const outcome = await call;
    this.#compareError = outcome.ok ? null : outcome.error.code;
    await this.#read();
    return outcome.ok;
  }

  async #read(): Promise<void> {
    const ticket = ++this.#ticket;
    const [talk, facts] = await Promise.all([
      engine.readConversation(this.#id),
      engine.readVerification(this.#id),
    ]);
    if (ticket !== this.#ticket) return;
    this.#peer = talk.ok ? talk.value : null;
    this.#facts = facts.ok ? facts.value : null;
    this.#error = facts.ok ? null : facts.error.code;
    if (!facts.ok) this.#result = null;
  }
}
