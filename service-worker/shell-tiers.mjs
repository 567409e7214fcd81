/**
 * @typedef {object} ManifestChunk one entry of Vite's manifest, as far as it matters here
 * @property {string} file
 * @property {boolean} [isEntry]
 * @property {string[]} [imports]
 * @property {string[]} [dynamicImports]
 * @property {string[]} [css]
 * @property {string[]} [assets]
 */

/** @typedef {Readonly<Record<string, ManifestChunk>>} Manifest by source file */

/**
 * What the first visit does not bring, by the source that something loads with `import()`: tools
 * that are used on demand. Whatever only they need comes later with them; all else, every room and
 * every way to read and to write, belongs to the first visit. Each must be found in the build.
 */
export const laterParts = [
  // Files in messages.
  /^src\/engine\/attachment-(?:send|fetch|transfers)\.ts$/,
  /^src\/routes\/messages\/\[id\]\/(?:FileInMessage|SendFile)\.svelte$/,
  /^src\/i18n\/locales\/[^/]+\/attachments\.json$/,
  // Recovery words and backups.
  /^src\/engine\/(?:recovery|backups)\.ts$/,
  /@scure\/bip39\/wordlists\/[a-z-]+\.js$/,
  // Codes that cameras read.
  /^src\/ui\/qr-outline\.ts$/,
  /(?:^|\/)node_modules\/qr\/decode\.js$/,
  // Stars that stewards give.
  /^src\/routes\/request\/\[address\]\/VettingTool\.svelte$/,
  /^src\/i18n\/locales\/[^/]+\/vetting\.json$/,
  // Kept searches, and the form of what suits the reader.
  /^src\/routes\/SearchTools\.svelte$/,
  /^src\/i18n\/locales\/[^/]+\/search\.json$/,
];

/**
 * Paths of the files that only later parts need, in programs that import nothing of each other.
 *
 * @param {readonly Manifest[]} manifests
 * @param {readonly RegExp[]} [parts]
 * @returns {ReadonlySet<string>}
 */
export function findLaterFiles(manifests, parts = laterParts) {
  const sources = manifests.flatMap((manifest) => Object.keys(manifest));
  const lost = parts.find((part) => !sources.some((source) => part.test(source)));
  if (lost) throw new Error(`No part of the app is called ${lost.source}; see shell-tiers.mjs.`);
  /** @param {string} source */
  const isNeededFirst = (source) => !parts.some((part) => part.test(source));
  const laterOf = manifests.flatMap((manifest) => {
    const first = filesReached(manifest, isNeededFirst);
    return [...filesReached(manifest, () => true)].filter((file) => !first.has(file));
  });
  return new Set(laterOf);
}

/**
 * @param {Manifest} manifest
 * @param {(source: string) => boolean} follows whether an `import()` of that source is followed
 */
function filesReached(manifest, follows) {
  /** @type {Set<string>} */
  const files = new Set();
  const reached = new Set(Object.keys(manifest).filter((source) => manifest[source]?.isEntry));
  for (const source of reached) {
    const {
      file,
      imports = [],
      dynamicImports = [],
      css = [],
      assets = [],
    } = manifest[source] ?? lostSource(source);
    for (const path of [file, ...css, ...assets]) files.add(`/${path}`);
    for (const next of [...imports, ...dynamicImports.filter(follows)]) reached.add(next);
  }
  return files;
}

/**
 * @param {string} source
 * @returns {never}
 */
function lostSource(source) {
  throw new Error(`The build’s list does not hold ${source}.`);
}
