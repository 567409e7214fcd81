import type { RelayOrigin } from '#core/types/ids.ts';
import type { StampWallet } from '#sync/blob-upload.ts';
import type { RelayTransport } from '#sync/relay-client.ts';
import type { RelayFault } from '#sync/relay-fault.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import { updateFile } from '#storage/blob-files.ts';
import type { EngineContext, FileTransfers } from './engine-context.ts';
import { listDownloads } from './file-downloads.ts';
import { listUploads } from './file-uploads.ts';
import { bytesPerSecond, readLinkSpeed, withSample, writeLinkSpeed } from './link-speed.ts';
import type { LinkSpeed } from './link-speed.ts';
import { PieceLength } from './piece-length.ts';
import { noteFault, noteTrouble } from './relay-book.ts';
import { TransferLane, type LaneWork, type StepEnd } from './transfer-lane.ts';

/** What both directions work with. */
export interface TransferTools {
  readonly context: EngineContext;
  readonly transport: RelayTransport;
  /** Notes a part that has crossed, and tells the screens now and then. */
  readonly notePart: (direction: 'up' | 'down', bytes: number, durationMs: number) => void;
  readonly speed: () => number | null;
  readonly pieceLength: PieceLength;
  /** Stamps that were paid, by file: an attempt that the link cut off need not pay again. */
  readonly wallets: Map<string, StampWallet>;
  /** What a fault means for a file. */
  readonly later: (relay: RelayOrigin, fault: RelayFault, hadProgress: boolean) => Promise<StepEnd>;
}

const tellEveryMs = 250;
/** A relay that answers what it must not is asked again after so long. */
const badAnswerMs = 30_000;

/** Files that go out and come in, one each way at a time, beside the visits to the relays. */
export class AttachmentTransfers implements FileTransfers {
  readonly #context: EngineContext;
  readonly #up: TransferLane;
  readonly #down: TransferLane;
  #speed: LinkSpeed = { up: [], down: [] };
  #toldMs = 0;

  constructor(context: EngineContext, transport: RelayTransport) {
    this.#context = context;
    void this.#recallSpeed();
    const tools: TransferTools = {
      context,
      transport,
      notePart: (direction, bytes, durationMs) => {
        this.#speed = withSample(this.#speed, direction, bytes, durationMs);
        const nowMs = performance.now();
        if (nowMs - this.#toldMs < tellEveryMs) return;
        this.#toldMs = nowMs;
        context.emit('mail');
      },
      speed: () => bytesPerSecond(this.#speed, 'up'),
      pieceLength: new PieceLength(),
      wallets: new Map(),
      later: async (relay, fault, hadProgress) => {
        await noteTroubleOf(context, relay, fault);
        return { kind: 'later', hadProgress, afterMs: delayOf(fault) };
      },
    };
    this.#up = new TransferLane(() => this.#safely(listUploads(tools)));
    this.#down = new TransferLane(() => this.#safely(listDownloads(tools)));
  }

  wake(asked?: string): void {
    this.#up.wake(asked);
    this.#down.wake(asked);
  }

  stop(file: string): void {
    this.#up.stop(file);
    this.#down.stop(file);
  }

  async close(): Promise<void> {
    await Promise.all([this.#up.close(), this.#down.close()]);
  }

  async #recallSpeed(): Promise<void> {
    const known = await readLinkSpeed(this.#context.db).catch(() => this.#speed);
    if (this.#speed.up.length + this.#speed.down.length === 0) this.#speed = known;
  }

  /** Where the storage fails, the file is paused: nothing is lost, and its owner decides. */
  async #safely(listed: Promise<readonly LaneWork[]>): Promise<readonly LaneWork[]> {
    const works = await listed.catch(noneIfStorageFails);
    return works.map(({ key, run }) => ({
      key,
      run: async (signal) => {
        try {
          return await run(signal);
        } catch (cause) {
          if (storageFaultOf(cause) === undefined) throw cause;
          await this.#pause(key);
          return { kind: 'later', hadProgress: false, afterMs: badAnswerMs };
        } finally {
          await writeLinkSpeed(this.#context.db, this.#speed).catch(ignoreIfStorageFails);
          this.#context.emit('mail');
          this.#context.emit('network');
        }
      },
    }));
  }

  async #pause(file: string): Promise<void> {
    const { db, token } = this.#context;
    await updateFile(db, token, file, { paused: true }).catch(ignoreIfStorageFails);
  }
}

/** A cut is no trouble of the relay's, and other refusals are the file's own. */
async function noteTroubleOf(
  context: EngineContext,
  relay: RelayOrigin,
  fault: RelayFault,
): Promise<void> {
  const isFull = fault.code === 'refused' && fault.reason === 'blobs-full';
  if (isFull) await noteTrouble(context, relay, 'full');
  if (['bad-answer', 'captive-portal'].includes(fault.code)) {
    await noteFault(context, relay, fault);
  }
}

function delayOf(fault: RelayFault): number | null {
  if (fault.code === 'refused') return fault.retryAfterSeconds * 1_000;
  return fault.code === 'bad-answer' ? badAnswerMs : null;
}

function noneIfStorageFails(cause: unknown): readonly LaneWork[] {
  ignoreIfStorageFails(cause);
  return [];
}

function ignoreIfStorageFails(cause: unknown): void {
  if (storageFaultOf(cause) === undefined) throw cause;
}
