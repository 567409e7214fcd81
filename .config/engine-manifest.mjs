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
      const named = chunks.map((chunk) => [
        chunk.facadeModuleId === null
          ? chunk.fileName
          : relative(process.cwd(), chunk.facadeModuleId),
        chunk,
      ]);
      const nameByFile = new Map(named.map(([name, { fileName }]) => [fileName, name]));
      /** @param {string[]} files */
      const namesOf = (files) => files.flatMap((file) => nameByFile.get(file) ?? []);
      const manifest = Object.fromEntries(
        named.map(([name, { fileName, isEntry, imports, dynamicImports }]) => [
          name,
          {
            file: fileName,
            isEntry,
            imports: namesOf(imports),
            dynamicImports: namesOf(dynamicImports),
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
