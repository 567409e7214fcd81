import type { Day } from '#core/types/day.ts';
import type { BackupScope, BackupSummary, WordLanguage } from '#engine/api/backup-calls.ts';
import type { EngineError, EngineErrorCode, Outcome } from '#engine/api/outcome.ts';
import { engine } from './engine-client.ts';
import { saveFile } from './save-file.ts';

type Step = 'words' | 'export' | 'restore';

/** Recovery words, backup files and what comes back from them, as their screen shows them. */
export class Backup {
  #confirmed = $state.raw(false);
  #lastDay = $state.raw<Day | null>(null);
  #words = $state.raw<readonly string[]>([]);
  #summary = $state.raw<BackupSummary | null>(null);
  #restored = $state.raw(false);
  #saved = $state.raw(false);
  #busy = $state.raw(false);
  #failure = $state.raw<{ readonly step: Step; readonly error: EngineError } | null>(null);
  #file: Uint8Array | null = null;
  #typed: readonly string[] = [];

  /** Whether the words were typed back. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  get lastDay(): Day | null {
    return this.#lastDay;
  }

  /** The words while they are shown, else empty. */
  get words(): readonly string[] {
    return this.#words;
  }

  /** What the chosen backup holds. */
  get summary(): BackupSummary | null {
    return this.#summary;
  }

  get restored(): boolean {
    return this.#restored;
  }

  get saved(): boolean {
    return this.#saved;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Why a step failed, with the position of the wrong word where one is. */
  errorOf(step: Step): { readonly code: EngineErrorCode; readonly position: number | null } | null {
    if (this.#failure?.step !== step) return null;
    const { code, field } = this.#failure.error;
    return { code, position: field === undefined ? null : Number(field) };
  }

  async read(): Promise<void> {
    const read = await engine.readRecovery();
    if (!read.ok) return;
    this.#confirmed = read.value.confirmed;
    this.#lastDay = read.value.lastBackupDay as Day | null;
  }

  async showWords(language: WordLanguage): Promise<void> {
    const words = await this.#attempt('words', () => engine.showRecoveryWords(language));
    if (words !== null) this.#words = words;
  }

  hideWords(): void {
    this.#words = [];
  }

  /** Compares what was typed; tells whether every word was right. */
  async confirm(typed: string): Promise<boolean> {
    const done = await this.#attempt('words', async () => {
      const compared = await engine.confirmRecoveryWords(splitWords(typed));
      return compared.ok ? { ok: true, value: true } : compared;
    });
    if (done === null) return false;
    this.hideWords();
    await this.read();
    return true;
  }

  async export(scope: BackupScope): Promise<void> {
    this.#saved = false;
    const file = await this.#attempt('export', () => engine.exportBackup(scope));
    if (file === null) return;
    saveFile(file.bytes, file.name);
    this.#saved = true;
    await this.read();
  }

  /** Looks into a chosen file with the words; nothing changes yet. */
  async inspect(file: File, typed: string): Promise<void> {
    this.#summary = null;
    this.#restored = false;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const words = splitWords(typed);
    this.#file = bytes;
    this.#typed = words;
    this.#summary = await this.#attempt('restore', () => engine.inspectBackup(bytes, words));
  }

  async restore(): Promise<void> {
    const bytes = this.#file;
    if (bytes === null || this.#summary === null) return;
    const done = await this.#attempt('restore', () => engine.restoreBackup(bytes, this.#typed));
    if (done === null) return;
    this.#restored = true;
    this.#summary = null;
    this.forget();
    await this.read();
  }

  /** Lets go of words and file. */
  forget(): void {
    this.#file = null;
    this.#typed = [];
    this.#words = [];
  }

  async #attempt<T>(step: Step, call: () => Outcome<T>): Promise<T | null> {
    if (this.#busy) return null;
    this.#busy = true;
    this.#failure = null;
    try {
      const outcome = await call();
      if (outcome.ok) return outcome.value;
      this.#failure = { step, error: outcome.error };
      return null;
    } catch {
      this.#failure = { step, error: { code: 'engine-gone' } };
      return null;
    } finally {
      this.#busy = false;
    }
  }
}

function splitWords(typed: string): readonly string[] {
  return typed.split(/[\s,]+/u).filter((word) => word !== '');
}
