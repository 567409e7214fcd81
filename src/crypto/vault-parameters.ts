import type { Clock, CryptoPort } from '#core/types/ports.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { OutOfMemoryError } from './argon2id.ts';

/** What one unlocking costs; stored in the vault's header. */
export interface Argon2idParameters {
  readonly passes: number;
  readonly memoryBytes: number;
}

/** The device would not give the memory; the same passphrase may open the vault with less running. */
export interface OutOfMemory {
  readonly code: 'out-of-memory';
}

const mebibyte = 1_048_576;

/**
 * protocol.md, "Vault": never below 64 MiB and two passes. The ceilings keep a header that was
 * tampered with from freezing the device, and 256 MiB is what a cheap phone's browser still gives.
 */
export const argon2idBounds = {
  minPasses: 2,
  maxPasses: 16,
  minMemoryBytes: 64 * mebibyte,
  maxMemoryBytes: 256 * mebibyte,
} as const;

/** Memory to try, least first. */
const memoryStepsBytes = [64, 96, 128, 192, 256].map((mebibytes) => mebibytes * mebibyte);

/** Whether stored parameters are ones that this project writes. */
export function isWithinArgon2idBounds({ passes, memoryBytes }: Argon2idParameters): boolean {
  const { minPasses, maxPasses, minMemoryBytes, maxMemoryBytes } = argon2idBounds;
  return (
    Number.isInteger(passes) &&
    passes >= minPasses &&
    passes <= maxPasses &&
    Number.isInteger(memoryBytes) &&
    memoryBytes >= minMemoryBytes &&
    memoryBytes <= maxMemoryBytes &&
    memoryBytes % mebibyte === 0
  );
}

/**
 * Measures what this device can afford in `targetMs`: first as much memory as the time and the
 * device allow (memory is what an attacker's hardware lacks), then more passes. Fails only when
 * even the floor's memory is refused. Blocks for up to some three times the target.
 */
export function calibrateArgon2id(
  crypto: CryptoPort,
  clock: Clock,
  targetMs: number,
): Result<Argon2idParameters, OutOfMemory> {
  const { minPasses, maxPasses } = argon2idBounds;
  let best: { memoryBytes: number; passMs: number } | undefined;
  for (const memoryBytes of memoryStepsBytes) {
    if (best && minPasses * best.passMs * (memoryBytes / best.memoryBytes) > targetMs) break;
    const elapsedMs = timeArgon2id(crypto, clock, { passes: minPasses, memoryBytes });
    if (elapsedMs === undefined) break;
    if (best && elapsedMs > targetMs) break;
    best = { memoryBytes, passMs: Math.max(elapsedMs, 1) / minPasses };
  }
  if (!best) return fail({ code: 'out-of-memory' });
  const passes = Math.min(maxPasses, Math.max(minPasses, Math.floor(targetMs / best.passMs)));
  return ok({ passes, memoryBytes: best.memoryBytes });
}

/** Milliseconds of one run, or undefined when the device refuses the memory. */
function timeArgon2id(
  crypto: CryptoPort,
  clock: Clock,
  { passes, memoryBytes }: Argon2idParameters,
): number | undefined {
  const startMs = clock();
  try {
    crypto.argon2id(new Uint8Array(16), new Uint8Array(16), passes, memoryBytes);
  } catch (error) {
    if (error instanceof OutOfMemoryError) return undefined;
    throw error;
  }
  return clock() - startMs;
}
