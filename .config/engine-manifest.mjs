import { relative } from 'node:path';

/**
 * Vite lists what became of each source of the page, but not of its workers. This lists the chunks
 * of the engine's worker in the same form, next to Vite's own list, which is never published.
 *
 * @returns {import('vite').Plugin}
 */
export function engineManifest() {
  return {
    name: 'wallflower-engine-manifest',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const sourceOf = (/** @type {typeof chunks[number]} */ { facadeModuleId, fileName }) =>
        facadeModuleId === null ? fileName : relative(process.cwd(), facadeModuleId);
      const nameByFile = new Map(chunks.map((chunk) => [chunk.fileName, sourceOf(chunk)]));
      /** @param {string[]} files */
      const namesOf = (files) => files.flatMap((file) => nameByFile.get(file) ?? []);
      const manifest = Object.fromEntries(
        chunks.map((chunk) => [
          sourceOf(chunk),
          {
            file: chunk.fileName,
            isEntry: chunk.isEntry,
            imports: namesOf(chunk.imports),
            dynamicImports: namesOf(chunk.dynamicImports),
          },
        ]),
      );
      this.emitFile({
        type: 'asset',
        fileName: '.vite/engine-manifest.json',
        source: JSON.stringify(manifest),
      });
    },
  };
}
