import type { PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { Stars, VettingLifetimeDays, VettingMethod } from '#core/types/trust-terms.ts';
import type { EngineErrorCode, Outcome } from '#engine/api/outcome.ts';
import type { AuthorTrust, Vetting } from '#engine/api/trust-calls.ts';
import { engine } from './engine-client.ts';

type VettingStep = 'closed' | 'choosing' | 'sending';

/** What a steward is about to say publicly of the author of an entry. */
export class VettingState {
  readonly #about: RecordAddressText;
  stars = $state<Stars | null>(null);
  method = $state<VettingMethod | ''>('');
  lifetimeDays = $state<VettingLifetimeDays>(90);
  #step = $state.raw<VettingStep>('closed');
  #trouble = $state.raw<EngineErrorCode | null>(null);
  #done = $state.raw<'given' | 'takenBack' | null>(null);
  #stewardName = $state.raw<string | null>(null);

  constructor(about: RecordAddressText) {
    this.#about = about;
  }

  /** What would be published, or null while something is still to be chosen. */
  readonly vetting = $derived.by((): Vetting | null => {
    const { stars, method, lifetimeDays } = this;
    return stars === null || method === '' ? null : { stars, method, lifetimeDays };
  });

  get step(): VettingStep {
    return this.#step;
  }

  get trouble(): EngineErrorCode | null {
    return this.#trouble;
  }

  /** What was done last, until the next thing is begun. */
  get done(): 'given' | 'takenBack' | null {
    return this.#done;
  }

  /** The public name of the persona that signs, or null for none. */
  get stewardName(): string | null {
    return this.#stewardName;
  }

  /** Opens the form, filled with what this steward says already. */
  async open(steward: PersonaKeyText, given: AuthorTrust | null): Promise<void> {
    this.#step = 'choosing';
    this.#trouble = null;
    this.#done = null;
    this.stars = given?.stars ?? null;
    this.method = given?.method ?? '';
    const listed = await engine.listPersonas();
    const personas = listed.ok ? listed.value : [];
    this.#stewardName = personas.find(({ key }) => key === steward)?.profileName ?? null;
  }

  close(): void {
    this.#step = 'closed';
    this.#trouble = null;
  }

  /** Signs what was chosen and hands it to the outbox; tells whether that was done. */
  async give(): Promise<boolean> {
    const { vetting } = this;
    if (vetting === null || this.#step === 'sending') return false;
    this.#step = 'sending';
    const done = await this.#publish(engine.giveStars(this.#about, vetting), 'given');
    this.#step = done ? 'closed' : 'choosing';
    return done;
  }

  /** Takes this steward's stars back; copies elsewhere cannot be recalled. */
  async takeBack(): Promise<boolean> {
    this.close();
    return this.#publish(engine.takeStarsBack(this.#about), 'takenBack');
  }

  async #publish(call: Outcome<void>, done: 'given' | 'takenBack'): Promise<boolean> {
    this.#trouble = null;
    this.#done = null;
    const outcome = await call;
    this.#trouble = outcome.ok ? null : outcome.error.code;
    this.#done = outcome.ok ? done : null;
    return outcome.ok;
  }
}
