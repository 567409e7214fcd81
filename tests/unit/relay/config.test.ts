import { expect, test } from 'vitest';
import { readConfig } from '#relay/config.ts';

function read(args: readonly string[], environment: Record<string, string> = {}) {
  const config = readConfig(args, environment);
  if (!config.ok) throw new Error(config.error.message);
  return config.value;
}

test('without settings it listens on this machine only', () => {
  expect(read([])).toMatchObject({ host: '127.0.0.1', dataFolder: '.data', demo: false });
});

test('a flag overrules the environment, which overrules the default', () => {
  const environment = { WALLFLOWER_PORT: '9001', WALLFLOWER_STAMP_PRICE: '20' };
  expect(read(['--port', '9002'], environment)).toMatchObject({ port: 9002, stampPrice: 20 });
});

test('several origins come from repeated flags or from one variable', () => {
  const origins = ['https://a.example', 'http://b.onion'];
  expect(read(['--origin', 'https://a.example', '--origin', 'http://b.onion']).origins).toEqual(
    origins,
  );
  const environment = { WALLFLOWER_ORIGIN: 'https://a.example http://b.onion' };
  expect(read([], environment).origins).toEqual(origins);
});

test('the demonstration keeps to a folder of its own', () => {
  expect(read(['--demo', '--data', '/srv/board']).dataFolder).toBe('/srv/board/demo');
  expect(read([], { WALLFLOWER_DEMO: '1' }).demo).toBe(true);
  expect(read([], { WALLFLOWER_DEMO: '0' }).demo).toBe(false);
});

test('the charter is a file, by flag or by variable, and there is none without', () => {
  expect(read([]).charterFile).toBeUndefined();
  expect(read(['--charter', 'charter.cbor']).charterFile).toBe('charter.cbor');
  expect(read([], { WALLFLOWER_CHARTER: 'other.cbor' }).charterFile).toBe('other.cbor');
});

test('metrics are open only while nobody outside is told of the relay', () => {
  expect(read([]).metrics).toBe(true);
  expect(read(['--origin', 'https://a.example']).metrics).toBe(false);
  expect(read(['--origin', 'https://a.example', '--metrics', 'on']).metrics).toBe(true);
});

test.each([
  ['--origin', 'https://a.example/path'],
  ['--origin', 'ftp://a.example'],
  ['--port', '-1'],
  ['--port', '80a'],
  ['--host', 'not a host'],
  ['--log', 'everything'],
  ['--pack-records', '100000'],
])('%s %s is refused, and the message names the flag and its variable', (flag, value) => {
  const config = readConfig([`${flag}=${value}`], {});
  expect(config.ok).toBe(false);
  const message = config.ok ? '' : config.error.message;
  expect(message).toContain(flag);
  expect(message).toContain(`WALLFLOWER_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`);
});
