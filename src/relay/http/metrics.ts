import type { LogSizes } from '../log-port.ts';

/** Counts for the operator, by route and status; nothing in them names a caller or a thing. */
export interface RelayMetrics {
  countAnswer(route: string, status: number, durationMs: number): void;
  /** Prometheus text format 0.0.4. */
  describe(sizes: LogSizes, live: number): string;
}

interface Tally {
  count: number;
  durationMs: number;
}

/** Starts counting from zero. */
export function createMetrics(): RelayMetrics {
  const tallies = new Map<string, Tally>();
  return {
    countAnswer(route, status, durationMs) {
      const labels = `route="${route}",status="${status}"`;
      const tally = tallies.get(labels) ?? { count: 0, durationMs: 0 };
      tally.count++;
      tally.durationMs += durationMs;
      tallies.set(labels, tally);
    },
    describe(sizes, live) {
      const lines = ['# TYPE wallflower_answers_total counter'];
      for (const [labels, { count }] of tallies) {
        lines.push(`wallflower_answers_total{${labels}} ${count}`);
      }
      lines.push('# TYPE wallflower_answer_seconds_total counter');
      for (const [labels, { durationMs }] of tallies) {
        lines.push(`wallflower_answer_seconds_total{${labels}} ${(durationMs / 1_000).toFixed(3)}`);
      }
      const gauges = {
        live_connections: live,
        records: sizes.records,
        packs: sizes.packs,
        queues: sizes.queues,
        envelopes: sizes.envelopes,
        blobs: sizes.blobs,
        blob_bytes: sizes.blobBytes,
        data_bytes: sizes.bytes,
        resident_bytes: process.memoryUsage.rss(),
      };
      for (const [name, value] of Object.entries(gauges)) {
        lines.push(`# TYPE wallflower_${name} gauge`, `wallflower_${name} ${value}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}
