import type SodiumDefault from 'libsodium-wrappers-sumo';
import { fail, ok, type Result } from '#core/types/result.ts';

/** libsodium's own names; only the files of this room see them. */
export type Sodium = typeof SodiumDefault;

/** Why there is no libsodium: the browser runs no WebAssembly, or its code did not arrive whole. */
export interface SodiumUnavailable {
  readonly code: 'no-webassembly' | 'sodium-did-not-load';
}

let loading: Promise<Result<Sodium, SodiumUnavailable>> | undefined;

/**
 * Loads libsodium once, in a chunk of its own, and waits until it can be called. A failure is not
 * kept: the next call asks again, because a link that broke may be back. Where the script came and
 * its WebAssembly did not, though, the script itself stays failed until the worker is started anew.
 * Never rejects.
 */
export function loadSodium(): Promise<Result<Sodium, SodiumUnavailable>> {
  loading ??= importSodium().then((loaded) => {
    if (!loaded.ok) loading = undefined;
    return loaded;
  });
  return loading;
}

async function importSodium(): Promise<Result<Sodium, SodiumUnavailable>> {
  if (typeof WebAssembly !== 'object') return fail({ code: 'no-webassembly' });
  try {
    const { default: sodium } = await import('libsodium-wrappers-sumo');
    await sodium.ready;
    return ok(sodium);
  } catch {
    return fail({ code: 'sodium-did-not-load' });
  }
}
