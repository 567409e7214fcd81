import type { AttachmentCost } from '#engine/api/attachment-calls.ts';
import type { EngineErrorCode } from '#engine/api/outcome.ts';
import type { ConversationId } from '#core/types/ids.ts';
import { engine } from '../engine-client.ts';
import { lookInto, type FileReport } from './file-findings.ts';
import { mediaTypeOf, neutralName, safeName } from './file-names.ts';
import { isMoving } from './picture-findings.ts';
import type { PictureMark } from './picture-marks.ts';
import {
  decodePicture,
  encodePicture,
  givesPixelsBack,
  pictureSizes,
  type EncodedPicture,
  type PictureSizeName,
  type PictureTrouble,
} from './prepare-picture.ts';
import { isPicture, sniffFile } from './sniff-file.ts';

/** Why a chosen file cannot be sent. */
export type FileTrouble = PictureTrouble | 'empty' | 'unreadable' | EngineErrorCode;

/** One size that a picture can be sent in; `cost` is null until it was encoded and measured. */
export interface SizeOffer {
  readonly size: PictureSizeName;
  readonly encoded: EncodedPicture | null;
  readonly cost: AttachmentCost | null;
}

/** Larger pictures are not read into memory at all. */
const mostPictureBytes = 67_108_864;
const sniffedBytes = 4_096;
/** How long the brush rests before the picture is encoded again. */
const encodePauseMs = 400;

/** A file that was chosen, from the first look into it until it is handed to the engine. */
export class OutgoingFile {
  readonly #conversation: ConversationId;
  readonly #file: File;
  #trouble = $state.raw<FileTrouble | null>(null);
  #report = $state.raw<FileReport | null>(null);
  #picture = $state.raw<ImageBitmap | null>(null);
  #moving = $state.raw(false);
  #marks = $state.raw<readonly PictureMark[]>([]);
  #offers = $state.raw<readonly SizeOffer[]>([]);
  #cost = $state.raw<AttachmentCost | null>(null);
  #sending = $state.raw(false);
  #sendError = $state.raw<EngineErrorCode | null>(null);
  #bytes: Uint8Array = new Uint8Array();
  #ticket = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  size = $state<PictureSizeName>('medium');
  keepsName = $state(false);

  constructor(conversation: ConversationId, file: File) {
    this.#conversation = conversation;
    this.#file = file;
  }

  /** Why it cannot be sent, or null. */
  get trouble(): FileTrouble | null {
    return this.#trouble;
  }

  /** What was found in it; null while it is read. */
  get report(): FileReport | null {
    return this.#report;
  }

  /** The decoded picture; null where it is none, and while it is read. */
  get picture(): ImageBitmap | null {
    return this.#picture;
  }

  /** Whether only its first frame will be sent. */
  get moving(): boolean {
    return this.#moving;
  }

  get marks(): readonly PictureMark[] {
    return this.#marks;
  }

  get offers(): readonly SizeOffer[] {
    return this.#offers;
  }

  /** What it costs to send it as it is chosen now; null until that is known. */
  get cost(): AttachmentCost | null {
    return this.#picture === null ? this.#cost : (this.#chosen?.cost ?? null);
  }

  get sending(): boolean {
    return this.#sending;
  }

  get sendError(): EngineErrorCode | null {
    return this.#sendError;
  }

  /** What the file calls itself on this device. */
  get ownName(): string {
    const { stem, extension } = safeName(this.#file.name);
    return stem + extension;
  }

  /** The name it will travel under: one that tells nothing, unless the sender keeps its own. */
  get name(): string {
    const encoded = this.#chosen?.encoded ?? null;
    const kind = encoded?.kind ?? this.#report?.kind ?? 'unknown';
    if (this.#picture !== null) {
      return neutralName(this.keepsName ? safeName(this.#file.name).stem : 'picture', '', kind);
    }
    return this.keepsName ? this.ownName : neutralName('file', this.#file.name, kind);
  }

  readonly #chosen = $derived(this.#offers.find(({ size }) => size === this.size));

  /** Reads it and looks into it, and decodes a picture; to be called once. */
  async open(): Promise<void> {
    const start = await this.#read(sniffedBytes);
    if (start === null) return;
    if (start.length === 0) return this.#refuse('empty');
    const kind = sniffFile(start);
    if (kind === 'heic') return this.#refuse('heic');
    const refusal = isPicture(kind) ? this.#refusalOfPicture() : await this.#measureWhole();
    if (refusal !== null) return this.#refuse(refusal);
    const bytes = await this.#read(this.#file.size);
    if (bytes === null) return;
    this.#bytes = bytes;
    const report = await lookInto(bytes);
    if (isPicture(kind)) {
      this.#moving = isMoving(bytes, kind);
      await this.#decode(bytes);
    }
    this.#report = report;
  }

  mark(mark: PictureMark): void {
    this.#marks = [...this.#marks, mark];
    this.#encodeSoon();
  }

  undo(): void {
    this.#marks = this.#marks.slice(0, -1);
    this.#encodeSoon();
  }

  /** Hands it to the engine; tells whether that took it. */
  async send(): Promise<boolean> {
    const encoded = this.#chosen?.encoded ?? null;
    if (this.#sending || this.cost === null || (this.#picture !== null && encoded === null)) {
      return false;
    }
    this.#sending = true;
    const outcome = await engine
      .sendAttachment(this.#conversation, {
        bytes: encoded?.bytes ?? this.#bytes,
        name: this.name,
        mediaType: mediaTypeOf(encoded?.kind ?? this.#report?.kind ?? 'unknown'),
      })
      .catch(() => engineGone);
    this.#sending = false;
    this.#sendError = outcome.ok ? null : outcome.error.code;
    return outcome.ok;
  }

  /** Lets go of the picture's memory. */
  close(): void {
    clearTimeout(this.#pause);
    this.#ticket++;
    this.#picture?.close();
    this.#picture = null;
    this.#bytes = new Uint8Array();
    this.#offers = [];
  }

  #refuse(trouble: FileTrouble): void {
    this.#trouble = trouble;
  }

  /** The file's first bytes; null, and refused, where the device does not give them. */
  async #read(mostBytes: number): Promise<Uint8Array | null> {
    try {
      return new Uint8Array(await this.#file.slice(0, mostBytes).arrayBuffer());
    } catch {
      this.#refuse('unreadable');
      return null;
    }
  }

  #refusalOfPicture(): FileTrouble | null {
    return this.#file.size > mostPictureBytes ? 'file-too-large' : null;
  }

  async #measureWhole(): Promise<FileTrouble | null> {
    const outcome = await engine.measureAttachment(this.#file.size).catch(() => engineGone);
    if (outcome.ok) this.#cost = outcome.value;
    return outcome.ok ? null : outcome.error.code;
  }

  async #decode(bytes: Uint8Array): Promise<void> {
    const ticket = this.#ticket;
    if (!givesPixelsBack()) return this.#refuse('pixels-withheld');
    const decoded = await decodePicture(bytes);
    this.#bytes = new Uint8Array();
    if (!decoded.ok) return this.#refuse(decoded.error);
    if (ticket !== this.#ticket) return decoded.value.close();
    this.#picture = decoded.value;
    await this.#encodeAll();
  }

  #encodeSoon(): void {
    this.#ticket++;
    this.#offers = this.#offers.map(({ size }) => ({ size, encoded: null, cost: null }));
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#encodeAll(), encodePauseMs);
  }

  /** The chosen size first; what is begun for marks that have changed since is dropped. */
  async #encodeAll(): Promise<void> {
    const picture = this.#picture;
    if (picture === null) return;
    const ticket = ++this.#ticket;
    const sizes = sizesFor(picture);
    if (!sizes.includes(this.size)) this.size = sizes.at(-1) ?? 'small';
    this.#offers = sizes.map((size) => ({ size, encoded: null, cost: null }));
    for (const size of [this.size, ...sizes.filter((size) => size !== this.size)]) {
      const encoded = await encodePicture(picture, size, this.#marks);
      if (ticket !== this.#ticket) return;
      if (encoded === null) return this.#refuse('pixels-withheld');
      const cost = await engine.measureAttachment(encoded.bytes.length).catch(() => engineGone);
      if (ticket !== this.#ticket) return;
      const offer = { size, encoded, cost: cost.ok ? cost.value : null };
      this.#offers = this.#offers.map((known) => (known.size === size ? offer : known));
    }
  }
}

/** Every size but those that would only be the next smaller one again. */
function sizesFor({ width, height }: ImageBitmap): readonly PictureSizeName[] {
  const names = Object.keys(pictureSizes) as PictureSizeName[];
  const longest = Math.max(width, height);
  return names.filter((_, index) => {
    const smaller = names[index - 1];
    return smaller === undefined || pictureSizes[smaller].longest < longest;
  });
}

const engineGone = { ok: false, error: { code: 'engine-gone' } } as const;
