import { Worker } from 'node:worker_threads';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type {
  Job,
  JobAnswer,
  JobBatch,
  JobBatchAnswer,
  PackEffort,
  PostCheck,
  SignatureClaim,
} from './jobs.ts';

/** Jobs that may wait; beyond them the relay says that it is overloaded. */
const maxWaiting = 2_048;
/** Jobs in one message: enough to hide its cost, few enough to spread over the workers. */
const maxBatch = 16;

/** A thread that dies at its start must not be started in a loop. */
const restartMs = 500;

/** A thread without work holds some 30 MB. */
const sealerIdleMs = 20_000;

/** Collected often instead of growing; the largest pack needs some 60 MB while it is laid out. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };

/** Thrown when more work waits than the relay can promise to do soon. */
export class OverloadedError extends Error {
  constructor() {
    super('too much work waits');
    this.name = 'OverloadedError';
  }
}

interface Waiting {
  readonly job: Job;
  readonly resolve: (answer: JobAnswer) => void;
  readonly reject: (reason: Error) => void;
}

interface Member {
  readonly worker: Worker;
  /** What it works on; empty when idle. */
  batch: readonly Waiting[];
}

/**
 * A few threads that check signatures; one message at a time for each. A pack is sealed in a thread
 * of its own, so that no call waits for the second that it takes.
 */
export class WorkerPool {
  readonly #members: Member[];
  #sealer: Member | undefined;
  #sealing: Waiting[] = [];
  #sealerTimer: NodeJS.Timeout | undefined;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #closed = false;

  constructor(size: number) {
    this.#members = Array.from({ length: size }, () => this.#startChecker());
  }

  /** Splits, checks and verifies a post of records. */
  async checkPost(body: Bytes, today: Day): Promise<PostCheck> {
    const answer = await this.#run({ what: 'check-post', body, today });
    if (answer.what !== 'check-post') throw new Error('answer of another job');
    return answer.check;
  }

  /** Verifies signatures; a verdict for each. */
  async verify(claims: readonly SignatureClaim[]): Promise<readonly boolean[]> {
    const answer = await this.#run({ what: 'verify', claims });
    if (answer.what !== 'verify') throw new Error('answer of another job');
    return answer.verdicts;
  }

  /** Lays records out as a pack's payload. */
  async layOut(records: readonly Bytes[]): Promise<Bytes> {
    const answer = await this.#run({ what: 'lay-out', records });
    if (answer.what !== 'lay-out') throw new Error('answer of another job');
    return answer.payload;
  }

  /** Lays records, newest first, out as a pack, compresses and hashes it. */
  async sealPack(records: readonly Bytes[], effort: PackEffort) {
    const job = { what: 'seal-pack', records, effort } as const;
    const answer = await (effort === 'sealed' ? this.#runApart(job) : this.#run(job));
    if (answer.what !== 'seal-pack') throw new Error('answer of another job');
    return answer;
  }

  /** Ends the threads; what still waits is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#sealerTimer);
    for (const { reject } of this.#waiting.splice(0)) reject(new OverloadedError());
    for (const { reject } of this.#sealing.splice(0)) reject(new OverloadedError());
    const members = [...this.#members, ...(this.#sealer === undefined ? [] : [this.#sealer])];
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }

  /** One after the other, in a thread that is started when it is needed and ends when it is idle. */
  #runApart(job: Job): Promise<JobAnswer> {
    if (this.#closed || this.#sealing.length >= maxWaiting) {
      return Promise.reject(new OverloadedError());
    }
    return new Promise((resolve, reject) => {
      this.#sealing.push({ job, resolve, reject });
      this.#assignSealer();
    });
  }

  #assignSealer(): void {
    clearTimeout(this.#sealerTimer);
    if (this.#sealing.length === 0) {
      this.#sealerTimer = setTimeout(() => {
        void this.#sealer?.worker.terminate();
        this.#sealer = undefined;
      }, sealerIdleMs).unref();
      return;
    }
    if (this.#closed || (this.#sealer?.batch.length ?? 0) > 0) return;
    this.#sealer ??= this.#startMember({
      onIdle: () => {
        this.#assignSealer();
      },
      onDeath: () => {
        this.#sealer = undefined;
        this.#assignSealer();
      },
    });
    give(this.#sealer, this.#sealing.splice(0, 1));
  }

  #run(job: Job): Promise<JobAnswer> {
    if (this.#closed || this.#waiting.length >= maxWaiting) {
      return Promise.reject(new OverloadedError());
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#assign();
      });
    });
  }

  #assign(): void {
    const idle = this.#members.filter(({ batch }) => batch.length === 0);
    for (const [index, member] of idle.entries()) {
      if (this.#waiting.length === 0) return;
      const share = Math.ceil(this.#waiting.length / (idle.length - index));
      give(member, this.#waiting.splice(0, Math.min(share, maxBatch)));
    }
  }

  #startChecker(): Member {
    const member: Member = this.#startMember({
      onIdle: () => {
        this.#assign();
      },
      onDeath: () => {
        this.#replace(member);
      },
    });
    return member;
  }

  #startMember({ onIdle, onDeath }: { onIdle: () => void; onDeath: () => void }): Member {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits });
    const member: Member = { worker, batch: [] };
    worker.on('message', ({ answers }: JobBatchAnswer) => {
      const { batch } = member;
      member.batch = [];
      onIdle();
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index];
        if (answer === undefined || answer.what === 'failed') {
          reject(new Error(answer?.message ?? 'no answer'));
        } else resolve(answer);
      }
    });
    worker.on('error', () => {
      for (const { reject } of member.batch) reject(new Error('a worker died'));
      onDeath();
    });
    worker.unref();
    return member;
  }

  /** A thread that died takes its jobs with it; another takes its place. */
  #replace(member: Member): void {
    this.#members.splice(this.#members.indexOf(member), 1);
    setTimeout(() => {
      if (this.#closed) return;
      this.#members.push(this.#startChecker());
      this.#assign();
    }, restartMs).unref();
  }
}

function give(member: Member, batch: readonly Waiting[]): void {
  member.batch = batch;
  const message: JobBatch = { jobs: batch.map(({ job }) => job) };
  member.worker.postMessage(message);
}
