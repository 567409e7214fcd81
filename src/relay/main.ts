import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { readConfig } from './config.ts';
import { startRelay } from './start-relay.ts';

// On a machine with much memory V8 lets garbage pile up to four times what is in use; here it may be half as much again.
setFlagsFromString('--heap-growing-percent=50');

const config = readConfig(process.argv.slice(2), process.env);
if (!config.ok) {
  const isHelp = config.error.code === 'help';
  (isHelp ? console.log : console.error)(config.error.message);
  process.exit(isHelp ? 0 : 2);
}

const relay = await startRelay(config.value, {
  clock: Date.now,
  writeLog: (text) => process.stderr.write(text),
});
if (!relay.ok) {
  console.error(relay.error.message);
  process.exit(1);
}

const { address, context, stop } = relay.value;
const { appFolder, dataFolder, demo } = config.value;
console.log(`Wallflower is at ${address.replace('//127.0.0.1:', '//localhost:')}`);
console.log(`What it keeps is in ${resolve(dataFolder)}`);
if (appFolder === undefined) console.log('It serves no app; give it one with --app build.');
else if (demo) console.log('The board shows made-up people. Open the address and look around.');
else
  console.log(
    'Open the address and pin the first note. --demo shows a board that is already full.',
  );
if (context.charter?.stands === false)
  console.log(
    'Its charter has ended: nobody is a steward and no stars count until a new one is signed. See npm run charter -- --help',
  );
console.log('Ctrl-C stops it; nothing that was accepted gets lost.');

/** A supervisor may deliver one signal twice; a second one that is meant comes later. */
const repeatMs = 1_000;
let stoppingSinceMs: number | undefined;
const onSignal = () => {
  if (stoppingSinceMs !== undefined) {
    if (performance.now() - stoppingSinceMs > repeatMs) process.exit(1);
    return;
  }
  stoppingSinceMs = performance.now();
  stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof Error ? error.name : 'Stopping failed');
      process.exit(1);
    },
  );
};
process.on('SIGTERM', onSignal);
process.on('SIGINT', onSignal);
