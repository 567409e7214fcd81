/** What the board's first screen always needs, by folder or by file. */
const alwaysNeeded = [
  'node_modules/(?:svelte|@sveltejs/kit|@lingui|comlink|esm-env|clsx)/',
  'src/i18n/(?!locales/|countries|languages)',
  'src/routes/\\+',
  'src/app/(?:board|shell|quick-exit|engine-client|script-url|updates|vault-auto-lock|vault-inactivity|locale)',
  'src/ui/(?:Board|Button|CheckRow|ChoiceRow|DeliveryMark|Dialog|EmptyState|EntryCard|Field)',
  'src/ui/(?:Icon|icon-|LookDialog|Navigation|Note|PageHeading|SearchBox|SelectField|Shell)',
  'src/ui/(?:StatusLine|UpdatePrompt|UserText|described-by)',
  '\\.svelte-kit/generated/client-optimized/(?:app|root|nodes/[012]\\.)',
];
const startModule = new RegExp(alwaysNeeded.join('|'));

/** Rooms, by what they take along: those that a link leads to, and those of one's own. */
const roomChunks = [
  { name: 'reading', test: /src\/routes\/(?:request|learn)\/.*\+page\./, priority: 2 },
  { name: 'own', test: /src\/routes\/(?:new|me|messages|network)\/.*\+page\./, priority: 1 },
];

/**
 * Puts the first screen's modules into one chunk: on 2G each of two dozen small files costs a turn.
 * The server build is left alone, it never starts a worker.
 *
 * @returns {import('vite').Plugin}
 */
export function oneStartChunk() {
  return {
    name: 'wallflower-one-start-chunk',
    config: {
      order: 'post',
      handler(config) {
        if (config.build?.ssr) return undefined;
        const groups = [
          { name: 'start', test: (/** @type {string} */ id) => startModule.test(id), priority: 3 },
          ...roomChunks,
        ];
        return { build: { rolldownOptions: { output: { codeSplitting: { groups } } } } };
      },
    },
  };
}
