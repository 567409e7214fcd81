import { textLimits } from '#core/types/board-terms.ts';
import type { EntryKind, EntryLifetimeDays, Skill, Urgency } from '#core/types/board-terms.ts';
import type { DraftId, PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { EntryDraft, EntryFields, EntryPreview } from '#engine/api/entry-calls.ts';
import type { EngineError, EngineErrorCode } from '#engine/api/outcome.ts';
import type { PersonaView } from '#engine/api/persona-calls.ts';
import { fieldProblems, nearestLifetime } from './composer-fields.ts';
import type { FieldProblems } from './composer-fields.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** What stands between the writer and the board: the text, three questions, the vault. */
export type ComposerStep = 'writing' | 'safety' | 'vault' | 'sending';

const draftPauseMs = 1_500;
const previewPauseMs = 250;

/** One request or offer while it is written; it lives in memory unless the vault is open. */
export class Composer {
  kind = $state<EntryKind>('request');
  title = $state('');
  text = $state('');
  language = $state('en');
  country = $state('');
  /** The skill that the template follows; empty until one is chosen. */
  mainSkill = $state<Skill | ''>('');
  moreSkills = $state.raw<readonly Skill[]>([]);
  urgency = $state<Urgency>('month');
  lifetimeDays = $state<EntryLifetimeDays>(90);
  persona = $state<PersonaKeyText | ''>('');

  #step = $state.raw<ComposerStep>('writing');
  #tried = $state.raw(false);
  #trouble = $state.raw<EngineErrorCode | null>(null);
  #preview = $state.raw<EntryPreview | null>(null);
  #personas = $state.raw<readonly PersonaView[]>([]);
  #drafts = $state.raw<readonly EntryDraft[]>([]);
  #draftKept = $state.raw(false);
  #edits = $state.raw<RecordAddressText | null>(null);
  #draft: DraftId | null = null;
  #keeping: Promise<unknown> = Promise.resolve();
  #draftTimer: ReturnType<typeof setTimeout> | undefined;
  #previewTimer: ReturnType<typeof setTimeout> | undefined;
  #answered = false;
  #wasOpen = false;
  #hidden = $state.raw(false);

  constructor(language: string) {
    this.language = language;
  }

  readonly fields: EntryFields = $derived({
    kind: this.kind,
    title: this.title,
    text: this.text,
    language: this.language,
    country: this.country,
    skills: this.mainSkill === '' ? [] : [this.mainSkill, ...this.moreSkills],
    urgency: this.urgency,
    lifetimeDays: this.lifetimeDays,
  });

  /** What keeps it from being posted, said only once the writer has tried. */
  readonly problems: FieldProblems = $derived(this.#tried ? fieldProblems(this.fields) : {});

  get step(): ComposerStep {
    return this.#step;
  }

  get trouble(): EngineErrorCode | null {
    return this.#trouble;
  }

  get preview(): EntryPreview | null {
    return this.#preview;
  }

  get personas(): readonly PersonaView[] {
    return this.#personas;
  }

  /** Drafts beside the one that is being written. */
  get drafts(): readonly EntryDraft[] {
    return this.#drafts.filter(({ id }) => id !== this.#draft);
  }

  /** Whether what is written now is also kept in the vault. */
  get draftKept(): boolean {
    return this.#draftKept;
  }

  /** The entry that is edited, or null for a new one. */
  get edits(): RecordAddressText | null {
    return this.#edits;
  }

  /** Whether the text was put out of sight because the vault was locked over it. */
  get hidden(): boolean {
    return this.#hidden;
  }

  /** Reads drafts and personas, and again when the vault opens or shuts, until stopped. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'vault' || event === 'drafts' || event === 'personas') void this.#readVault();
    });
    void this.#readVault();
    return () => {
      stop();
      clearTimeout(this.#previewTimer);
      void this.keepDraftNow();
    };
  }

  /** Fills the form with an entry of one's own, to change it. */
  async startEditing(address: RecordAddressText): Promise<void> {
    const read = await engine.readEntry(address);
    if (!read.ok || !read.value.mine) {
      this.#trouble = read.ok ? 'not-yours' : read.error.code;
      return;
    }
    const { day, until } = read.value;
    this.#edits = address;
    this.#fill({ ...read.value, lifetimeDays: nearestLifetime(until - day) });
  }

  openDraft(draft: EntryDraft): void {
    this.#draft = draft.id;
    this.#edits = draft.edits;
    this.#fill(draft.fields);
    this.#draftKept = true;
    this.#tried = false;
  }

  async discardDraft(id: DraftId): Promise<void> {
    await engine.discardDraft(id);
    await this.#readVault();
  }

  /** Tells the composer that the writer changed something: preview and draft follow soon. */
  noteChange(): void {
    this.#draftKept = false;
    clearTimeout(this.#previewTimer);
    clearTimeout(this.#draftTimer);
    this.#previewTimer = setTimeout(() => void this.#readPreview(), previewPauseMs);
    this.#draftTimer = setTimeout(() => void this.keepDraftNow(), draftPauseMs);
  }

  /** Keeps the draft at once, where a vault is open and something is written. */
  async keepDraftNow(): Promise<void> {
    clearTimeout(this.#draftTimer);
    if (this.#draftKept || this.#step === 'sending' || isBlank(this.fields)) return;
    const fields = $state.snapshot(this.fields) as EntryFields;
    this.#keeping = this.#keeping.then(async () => {
      const kept = await engine.saveDraft(this.#draft, fields, this.#edits);
      if (!kept.ok) return;
      this.#draft = kept.value;
      this.#draftKept = true;
    });
    await this.#keeping;
  }

  /** Posts, or leads to what is missing first; resolves to the address once it is on its way. */
  async post(): Promise<RecordAddressText | null> {
    this.#tried = true;
    this.#trouble = null;
    if (Object.keys(fieldProblems(this.fields)).length > 0) return null;
    return this.#goOn();
  }

  /** Goes on after the three questions. */
  async passSafety(): Promise<RecordAddressText | null> {
    this.#answered = true;
    return this.#goOn();
  }

  /** Goes on after the vault was opened. */
  async passVault(): Promise<RecordAddressText | null> {
    await this.#readVault();
    if (!this.#hidden) return this.#goOn();
    this.#hidden = false;
    return this.#wait('writing');
  }

  goBack(): void {
    this.#step = 'writing';
  }

  async #goOn(): Promise<RecordAddressText | null> {
    const status = await engine.status();
    if (!status.ok) return this.#stop(status.error);
    const { vault } = status.value;
    if (vault === 'locked') return this.#wait('vault');
    if (this.#edits === null && !this.#answered && (await this.#isFirstPost())) {
      return this.#wait('safety');
    }
    if (vault === 'missing') return this.#wait('vault');
    return this.#send();
  }

  #wait(step: ComposerStep): null {
    this.#step = step;
    return null;
  }

  #stop({ code }: EngineError): null {
    this.#trouble = code;
    return this.#wait('writing');
  }

  async #send(): Promise<RecordAddressText | null> {
    this.#step = 'sending';
    clearTimeout(this.#draftTimer);
    await this.#keeping;
    const sent = await this.#hand($state.snapshot(this.fields) as EntryFields);
    if (!sent.ok) return this.#stop(sent.error);
    if (this.#draft !== null) await engine.discardDraft(this.#draft);
    return sent.value;
  }

  async #hand(fields: EntryFields) {
    if (this.#edits === null) {
      return engine.postEntry(
        fields,
        this.persona === '' ? { kind: 'new' } : { kind: 'known', key: this.persona },
      );
    }
    const edited = await engine.editEntry(this.#edits, fields);
    return edited.ok ? { ok: true as const, value: this.#edits } : edited;
  }

  /** Told from the vault itself, so that no mark of a post lies open on the device. */
  async #isFirstPost(): Promise<boolean> {
    const listed = await engine.listPersonas();
    return !listed.ok || listed.value.every(({ entries }) => entries === 0);
  }

  async #readPreview(): Promise<void> {
    const fields = $state.snapshot(this.fields) as EntryFields;
    if (Object.keys(fieldProblems(fields)).length > 0) {
      this.#preview = null;
      return;
    }
    const previewed = await engine.previewEntry(fields, { kind: 'new' });
    this.#preview = previewed.ok ? previewed.value : null;
  }

  async #readVault(): Promise<void> {
    const [drafts, personas] = await Promise.all([engine.listDrafts(), engine.listPersonas()]);
    this.#drafts = drafts.ok ? drafts.value : [];
    this.#personas = personas.ok ? personas.value : [];
    if (!drafts.ok) this.#draftKept = false;
    if (this.#wasOpen && !drafts.ok) this.#hide();
    this.#wasOpen = drafts.ok;
  }

  /** What was written in an open vault is not left on the screen of a locked one. */
  #hide(): void {
    if (this.#step !== 'writing' || isBlank(this.fields)) return;
    this.#hidden = true;
    this.#step = 'vault';
  }

  #fill(fields: EntryFields): void {
    const [mainSkill, ...moreSkills] = fields.skills;
    this.kind = fields.kind;
    this.title = fields.title;
    this.text = fields.text;
    this.language = fields.language;
    this.country = fields.country;
    this.mainSkill = mainSkill ?? '';
    this.moreSkills = moreSkills.slice(0, textLimits.skillsPerEntry - 1);
    this.urgency = fields.urgency;
    this.lifetimeDays = fields.lifetimeDays;
  }
}

function isBlank(fields: EntryFields): boolean {
  return fields.title.trim() === '' && fields.text.trim() === '';
}
