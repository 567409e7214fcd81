import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Failure } from './failure.mjs';
import { findTool } from './find-tool.mjs';
import { run } from './run.mjs';

const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @param {string} path */
function isBrowser(path) {
  return existsSync(path) && spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;
}

const findInstalled = () => usualPlaces.find(isBrowser);

async function installFromDebian() {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return undefined;
  console.log('Installing Chromium for the browser tests (Debian’s package) …');
  /** @param {string[]} args */
  const apt = (...args) =>
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdin: 'none',
      output: 'captured',
    });
  await apt('update');
  const { code, output } = await apt(
    ...['install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-core'],
  );
  if (code !== 0) console.error(output.trim());
  return findInstalled();
}

async function findPlaywrightsOwn() {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return isBrowser(path) ? path : undefined;
}

async function installFromPlaywright() {
  console.log('Installing Chromium for the browser tests (Playwright’s download) …');
  const { code, output } = await run(
    process.execPath,
    [findTool('@playwright/test', 'playwright'), 'install', 'chromium'],
    { stdin: 'none', output: 'captured' },
  );
  if (code !== 0) console.error(output.trim());
  return findPlaywrightsOwn();
}

/**
 * The path of a Chromium that starts.
 *
 * @returns {Promise<string>}
 */
export async function findOrInstallChromium() {
  const chosen = process.env['WALLFLOWER_CHROMIUM'];
  if (chosen) {
    if (isBrowser(chosen)) return chosen;
    throw new Failure(`WALLFLOWER_CHROMIUM names ${chosen}, which does not start.`);
  }
  const found =
    findInstalled() ??
    (await findPlaywrightsOwn()) ??
    (await installFromDebian()) ??
    (await installFromPlaywright());
  if (found) return found;
  throw new Failure(
    'No Chromium was found and none could be installed. Install Chromium or Chrome, or set ' +
      'WALLFLOWER_CHROMIUM to its path, then run this again.',
  );
}
