import { existsSync } from 'node:fs';
import { run } from './run.mjs';

/**
 * Installs packages of Debian's where that can be done: by root, on a Debian.
 *
 * @param {string} purpose what for, as one reads it on the console
 * @param {readonly string[]} packages
 */
export async function installFromDebian(purpose, packages) {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return;
  console.log(`Installing ${purpose} (Debian’s packages) …`);
  /** @param {string[]} args */
  const apt = (...args) =>
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdin: 'none',
      output: 'captured',
    });
  await apt('update');
  const { code, output } = await apt('install', '-y', '--no-install-recommends', ...packages);
  if (code !== 0) console.error(output.trim());
}
