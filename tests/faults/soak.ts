/** The random tests over and over with fresh seeds and more cases: `npm run soak -- --minutes 30`. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

/** Each run multiplies the cases of every property in the file; a file without properties repeats. */
const runs = [
  { file: 'tests/property/messages/decoders.test.ts', times: 20 },
  { file: 'tests/relay/http-fuzz.test.ts', times: 4 },
  { file: 'tests/relay/relay-kill.test.ts', times: 1 },
  { file: 'tests/property/codec/cbor.test.ts', times: 20 },
  { file: 'tests/property/records/records.test.ts', times: 10 },
  { file: 'tests/property/records/pack.test.ts', times: 10 },
  { file: 'tests/property/records/merge.test.ts', times: 10 },
  { file: 'tests/property/relay/wire-schemas.test.ts', times: 20 },
  { file: 'tests/property/messages/sequence-set.test.ts', times: 50 },
  { file: 'tests/property/messages/schedules.test.ts', times: 3 },
] as const;

/** fast-check as the tests see it, with a seed of ours in place of theirs and `times` the cases. */
const reseeded = (seed: number, times: number): string => `
  import * as real from 'fast-check';
  export * from 'fast-check';
  export const assert = (property, own = {}) =>
    real.assert(property, { ...own, seed: ${seed}, numRuns: (own.numRuns ?? 100) * ${times} });
  export default { ...real, assert };
`;

function replaceFastCheck(source: string) {
  const id = '\0reseeded-fast-check';
  return {
    name: 'reseeded-fast-check',
    enforce: 'pre' as const,
    resolveId: (name: string, importer?: string) =>
      name === 'fast-check' && importer !== id ? id : null,
    load: (name: string) => (name === id ? source : null),
  };
}

/** How many tests passed, or nothing where one failed or none ran. */
async function runOnce(file: string, seed: number, times: number): Promise<number | undefined> {
  const vitest = await startVitest(
    'test',
    [file],
    {
      config: '.config/vitest.config.ts',
      watch: false,
      reporters: ['dot'],
      testTimeout: 1_800_000,
    },
    { plugins: [replaceFastCheck(reseeded(seed, times))] },
  );
  const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
  const passed = tests.filter((test) => test.result().state === 'passed').length;
  const isGood = vitest.state.getCountOfFailedTests() === 0 && passed === tests.length;
  const isQuiet = vitest.state.getUnhandledErrors().length === 0;
  await vitest.close();
  return isGood && isQuiet && passed > 0 ? passed : undefined;
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, not “${values.minutes}”`);

const startedAt = performance.now();
const minutesGone = (): number => (performance.now() - startedAt) / 60_000;
let passed = 0;
let rounds = 0;
let failure: string | undefined;
for (; failure === undefined && minutesGone() < minutes; rounds++) {
  const { file, times } = runs[rounds % runs.length] ?? runs[0];
  const seed = randomInt(2 ** 31);
  console.log(`\n── ${file}, seed ${seed}, ${times} × its cases`);
  const good = await runOnce(file, seed, times);
  if (good === undefined) failure = `${file} with seed ${seed}`;
  else passed += good;
}
const end = failure === undefined ? 'no failure' : `FAILED: ${failure}`;
console.log(`\nSoak: ${rounds} runs, ${passed} tests, ${minutesGone().toFixed(1)} min: ${end}`);
process.exit(failure === undefined ? 0 : 1);
