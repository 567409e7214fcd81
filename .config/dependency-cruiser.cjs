const rooms = {
  core: [],
  crypto: ['core'],
  storage: ['core'],
  sync: ['core', 'crypto', 'storage'],
  engine: ['core', 'crypto', 'storage', 'sync'],
  app: ['core/types', 'i18n', 'engine/api/', 'engine/(?:worker|events-channel|early-answer)[.]ts'],
  ui: ['core/types', 'i18n'],
  i18n: ['core/types'],
  routes: ['app', 'ui', 'i18n', 'core/types', 'engine/api/'],
  relay: ['core', 'crypto', 'sync/wire'],
};

const allRooms = Object.keys(rooms).join('|');

const walls = Object.entries(rooms).map(([room, allowed]) => ({
  name: `walls-of-${room}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    path: `^src/(?:${allRooms})/`,
    pathNot: [`^src/${room}/`, ...allowed.map((path) => `^src/${path}`)],
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...walls,
    {
      name: 'walls-of-service-worker',
      severity: 'error',
      from: { path: '^service-worker/' },
      to: { path: '^src/', pathNot: '^src/(?:core|sync|storage)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'libsodium-only-in-crypto',
      severity: 'error',
      from: { path: '^(?:src|service-worker)/', pathNot: '^src/crypto/' },
      to: { path: 'libsodium' },
    },
    {
      name: 'dexie-only-in-storage',
      severity: 'error',
      from: { path: '^(?:src|service-worker)/', pathNot: '^src/storage/' },
      to: { path: 'node_modules/dexie' },
    },
    {
      name: 'engine-interface-is-types-only',
      severity: 'error',
      from: { path: '^src/(?:app|ui|routes)/' },
      to: { path: '^src/engine/api/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^src/core/' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev'],
        pathNot: 'node_modules/zod/',
      },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^\\$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'svelte', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.svelte'],
    },
  },
};
