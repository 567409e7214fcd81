import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The tests that judge the mutants of each area; all are deterministic or run from a fixed seed. */
const testsOf: Record<string, readonly string[]> = {
  crypto: ['tests/unit/crypto/**/*.test.ts'],
  messages: [
    'tests/unit/messages/**/*.test.ts',
    'tests/vectors/messages.test.ts',
    'tests/property/messages/sequence-set.test.ts',
  ],
};

/** Changes build scripts, not the code that is mutated. */
const aboutTheBuild = 'tests/unit/crypto/extract-sodium-wasm.test.ts';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: [...(testsOf[process.env['MUTATED_AREA'] ?? ''] ?? [])],
    exclude: [aboutTheBuild],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
