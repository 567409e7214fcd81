import type { EngineErrorCode } from '#engine/api/outcome.ts';
import type { MessageId } from '#core/types/ids.ts';
import { saveFile } from '../save-file.ts';
import { engine } from '../engine-client.ts';
import { isProgram, pretends, safeName, type NameParts } from './file-names.ts';
import { decodePicture, type PictureTrouble } from './prepare-picture.ts';
import { isPicture, sniffFile } from './sniff-file.ts';

/** A file of a conversation that was opened, in whatever way it may be. */
export interface OpenedFile {
  readonly name: NameParts;
  /** To be drawn on a canvas; null for anything that is no picture, or one that cannot be decoded. */
  readonly picture: ImageBitmap | null;
  /** Why a picture is not shown. */
  readonly trouble: PictureTrouble | null;
  /** Whether it can run as a program once it is saved. */
  readonly program: boolean;
  /** Whether its name promises something else than what is in it. */
  readonly pretends: boolean;
}

/**
 * Opens a file that is on this device. Only pictures are shown, as pixels on a canvas; no other
 * content is ever given to a part of the browser that could run it in the app's origin.
 */
export class ReceivedFile {
  readonly #id: MessageId;
  #opened = $state.raw<OpenedFile | null>(null);
  #error = $state.raw<EngineErrorCode | null>(null);
  #opening = $state.raw(false);
  #bytes: Uint8Array = new Uint8Array();

  constructor(id: MessageId) {
    this.#id = id;
  }

  get opened(): OpenedFile | null {
    return this.#opened;
  }

  get error(): EngineErrorCode | null {
    return this.#error;
  }

  get opening(): boolean {
    return this.#opening;
  }

  async open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    this.#error = null;
    const outcome = await engine.readAttachment(this.#id).catch(() => engineGone);
    if (outcome.ok) await this.#take(outcome.value.bytes, outcome.value.name);
    else this.#error = outcome.error.code;
    this.#opening = false;
  }

  /** Asks the engine to fetch it, or to rest; the conversation tells how that goes. */
  async fetch(): Promise<void> {
    this.#note(await engine.fetchAttachment(this.#id).catch(() => engineGone));
  }

  async pause(paused: boolean): Promise<void> {
    this.#note(await engine.pauseAttachment(this.#id, paused).catch(() => engineGone));
  }

  /** Saves a copy outside the vault: as bytes without a type, under a name that hides nothing. */
  save(): void {
    if (this.#opened === null) return;
    const { stem, extension } = this.#opened.name;
    saveFile(this.#bytes, stem + extension);
  }

  /** Lets go of what it held in memory. */
  close(): void {
    this.#opened?.picture?.close();
    this.#opened = null;
    this.#bytes = new Uint8Array();
  }

  async #take(bytes: Uint8Array, name: string): Promise<void> {
    const kind = sniffFile(bytes);
    const parts = safeName(name);
    const decoded = isPicture(kind) ? await decodePicture(bytes) : null;
    this.#bytes = bytes;
    this.#opened = {
      name: parts,
      picture: decoded?.ok === true ? decoded.value : null,
      trouble: decoded?.ok === false ? decoded.error : kind === 'heic' ? 'heic' : null,
      program: isProgram(parts) || kind === 'page',
      pretends: pretends(parts, kind),
    };
  }

  #note(outcome: {
    readonly ok: boolean;
    readonly error?: { readonly code: EngineErrorCode };
  }): void {
    this.#error = outcome.ok ? null : (outcome.error?.code ?? null);
  }
}

const engineGone = { ok: false, error: { code: 'engine-gone' } } as const;
