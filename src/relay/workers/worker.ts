import { parentPort } from 'node:worker_threads';
import { createNodeVerifier } from '#crypto/node-signature-verifier.ts';
import type { JobBatch, JobBatchAnswer } from './jobs.ts';
import { performJob } from './perform-job.ts';

const verify = createNodeVerifier();

parentPort?.on('message', ({ jobs }: JobBatch) => {
  const answers = jobs.map((job) => {
    try {
      return performJob(verify, job);
    } catch (error) {
      const message = error instanceof Error ? error.message : 'unknown';
      return { what: 'failed' as const, message };
    }
  });
  parentPort?.postMessage({ answers } satisfies JobBatchAnswer);
});
