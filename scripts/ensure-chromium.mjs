import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { installFromDebian } from './debian.mjs';
import { Failure } from './failure.mjs';
import { findTool } from './find-tool.mjs';
import { run } from './run.mjs';

const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @param {string} path */
function isBrowser(path) {
  return existsSync(path) && spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;
}

const findInstalled = () => usualPlaces.find(isBrowser);

async function installDebiansOwn() {
  await installFromDebian('Chromium for the browser tests', ['chromium', 'fonts-noto-core']);
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
    (await installDebiansOwn()) ??
    (await installFromPlaywright());
  if (found) return found;
  throw new Failure(
    'No Chromium was found and none could be installed. Install Chromium or Chrome, or set ' +
      'WALLFLOWER_CHROMIUM to its path, then run this again.',
  );
}
