import { existsSync, globSync } from 'node:fs';
import { installFromDebian } from './debian.mjs';

const packages = ['firefox-esr', 'webkit2gtk-driver', 'libwebkit2gtk-4.1-0', 'xvfb', 'xauth'];

/** Where the parts of the other browsers are, as their tests are told, so far as they are there. */
function findInstalled() {
  const found = {
    WALLFLOWER_FIREFOX: ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync),
    WALLFLOWER_WEBKIT_DRIVER: ['/usr/bin/WebKitWebDriver'].find(existsSync),
    WALLFLOWER_WEBKIT: globSync('/usr/lib/*/webkit2gtk-4.1/MiniBrowser')[0],
    WALLFLOWER_SCREEN: ['/usr/bin/xvfb-run'].find(existsSync),
  };
  const isWhole = Object.values(found).every((path) => path !== undefined);
  return { found, isWhole };
}

/**
 * Firefox, and WebKitGTK with its driver and a screen. Where they are not and cannot be installed, the
 * tests in them are left out, and say so.
 *
 * @returns {Promise<Record<string, string | undefined>>}
 */
export async function findOrInstallOtherBrowsers() {
  const { found, isWhole } = findInstalled();
  if (isWhole) return found;
  await installFromDebian('Firefox and WebKit for the browser tests', packages);
  return findInstalled().found;
}
