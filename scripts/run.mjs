import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './places.mjs';

/**
 * @typedef {object} Outcome
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} output what the child wrote, where it was captured
 * @property {NodeJS.Signals | null} received the signal this process got meanwhile
 */

/**
 * @typedef {object} Options
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {'shared' | 'none'} [stdin]
 * @property {'shown' | 'captured'} [output]
 */

/** @type {NodeJS.Signals[]} */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * A terminal sends Ctrl-C to the child as well; sent on, it would arrive twice, and the second
 * Ctrl-C often means "now, without tidying up".
 *
 * @param {NodeJS.Signals} signal
 */
const reachesChildAnyway = (signal) => signal === 'SIGINT' && process.stdin.isTTY;

const parentAtStart = process.ppid;
const parentCheckMs = 250;

/**
 * A SIGTERM that npm gets ends the shell between npm and this process, and goes no further. Only
 * the change of parent shows it.
 *
 * @param {() => void} onGone
 */
function watchParent(onGone) {
  if (process.env['npm_lifecycle_event'] === undefined) return undefined;
  const timer = setInterval(() => {
    if (process.ppid === parentAtStart) return;
    clearInterval(timer);
    onGone();
  }, parentCheckMs);
  return timer;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
function watchChild(command, args, { cwd = root, env = process.env, stdin, output }) {
  const written = output === 'captured' ? 'pipe' : 'inherit';
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: [stdin === 'none' ? 'ignore' : 'inherit', written, written],
  });

  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (/** @type {string} */ part) => (text += part));
  }

  /** @type {NodeJS.Signals | null} */
  let received = null;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    received = signal;
    if (!reachesChildAnyway(signal)) child.kill(signal);
  };
  for (const signal of stopSignals) process.on(signal, passOn);
  const parentWatch = watchParent(() => {
    passOn('SIGTERM');
  });

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, output: text, received });
    });
  }).finally(() => {
    clearInterval(parentWatch);
    for (const signal of stopSignals) process.off(signal, passOn);
  });
}

/**
 * Ends this process as the signal would have, so that its parent can tell.
 *
 * @param {NodeJS.Signals} signal
 * @returns {Promise<never>}
 */
function endBySignal(signal) {
  process.kill(process.pid, signal);
  return new Promise(() => {
    setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
  });
}

/**
 * Runs a step to its end. A stop signal reaches the step, is waited for, and ends this process too.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Options} [options]
 */
export async function run(command, args, options = {}) {
  const outcome = await watchChild(command, args, options);
  if (outcome.received !== null) return endBySignal(outcome.received);
  return outcome;
}

/**
 * Hands over to a program for good: this process ends when and as that one does.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {Promise<never>}
 */
export async function handOver(command, args, options = {}) {
  const { code, signal } = await watchChild(command, args, options);
  if (signal !== null) return endBySignal(signal);
  process.exit(code ?? 1);
}
