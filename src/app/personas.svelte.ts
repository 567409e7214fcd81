import type { PersonaKeyText } from '#core/types/ids.ts';
import type { EntryFields, PrivacyWarning } from '#engine/api/entry-calls.ts';
import type { EngineError, Outcome } from '#engine/api/outcome.ts';
import type { PersonaView, ProfileFields } from '#engine/api/persona-calls.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** The personas in the vault; none are known while it is locked. */
class Personas {
  #list = $state.raw<readonly PersonaView[] | null>(null);
  #ticket = 0;

  /** Null until read, and while the vault is locked. */
  get list(): readonly PersonaView[] | null {
    return this.#list;
  }

  /** Reads them, and again when they move, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'personas' || event === 'vault' || event === 'board') void this.#read();
    });
    void this.#read();
    return stop;
  }

  create(label: string): Promise<EngineError | null> {
    return this.#change(engine.createPersona(label));
  }

  rename(key: PersonaKeyText, label: string): Promise<EngineError | null> {
    return this.#change(engine.renamePersona(key, label));
  }

  publish(key: PersonaKeyText, fields: ProfileFields): Promise<EngineError | null> {
    return this.#change(engine.publishProfile(key, fields));
  }

  /** What the words of a profile seem to give away, judged as the engine judges an entry's. */
  async warningsOf(key: PersonaKeyText, fields: ProfileFields): Promise<readonly PrivacyWarning[]> {
    const words: EntryFields = {
      kind: 'offer',
      title: fields.name || '-',
      text: fields.about || '-',
      language: fields.languages[0] ?? 'en',
      country: '',
      skills: fields.skills.length > 0 ? fields.skills.slice(0, 1) : ['writing'],
      urgency: 'whenever',
      lifetimeDays: 30,
    };
    const preview = await engine.previewEntry(words, { kind: 'known', key });
    return preview.ok ? preview.value.warnings : [];
  }

  async #change(call: Outcome<unknown>): Promise<EngineError | null> {
    const outcome = await call;
    await this.#read();
    return outcome.ok ? null : outcome.error;
  }

  async #read(): Promise<void> {
    const ticket = ++this.#ticket;
    const outcome = await engine.listPersonas();
    if (ticket === this.#ticket) this.#list = outcome.ok ? outcome.value : null;
  }
}

export const personas = new Personas();
