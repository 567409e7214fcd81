import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const isCrypto = process.env['MUTATED_AREA'] !== 'messages';

/** The tests that judge the mutants of each area; all are deterministic or run from a fixed seed. */
const include = isCrypto
  ? ['tests/unit/crypto/**/*.test.ts']
  : [
      'tests/unit/messages/**/*.test.ts',
      'tests/vectors/messages.test.ts',
      'tests/property/messages/sequence-set.test.ts',
    ];

/**
 * The first is about the build's scripts; the others say of thousands of envelopes what shorter
 * tests say of some, and each mutant would wait for them.
 */
const exclude = [
  'tests/unit/crypto/extract-sodium-wasm.test.ts',
  'tests/unit/messages/laws-flipped-bytes.test.ts',
  'tests/unit/messages/laws-lossy-relay.test.ts',
];

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include,
    exclude,
    /** The tests of messages leave nothing behind in their modules: loaded once, they run faster. */
    isolate: isCrypto,
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
