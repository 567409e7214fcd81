import { createHash } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRefusal, startTestRelay, type TestRelay } from './running-relay.ts';

const inlineScript = 'globalThis.started = true;';
const inlineStyle = 'display: contents';
const styleSheet = 'body { margin: 0 }';
const announcer = 'position: absolute; left: 0';
const script = `export const root = '<div id="svelte-announcer" style="${announcer}"></div>';\n`;
const longScript = script + '// many words that compress well\n'.repeat(200);
const page = `<!doctype html><script>${inlineScript}</script><style>${styleSheet}</style><div style="${inlineStyle}"></div>`;
const files: Readonly<Record<string, string>> = {
  'index.html': page,
  'learn.html': '<!doctype html><p>Learn',
  'service-worker.js': longScript,
  'manifest.webmanifest': '{}',
  '_app/immutable/start.abc.js': longScript,
  '_app/immutable/style.abc.css': 'body{}',
  '.hidden/secret.txt': 'secret',
};

let folder: string;
let relay: TestRelay;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wallflower-app-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  relay = await startTestRelay(['--app', folder]);
});
afterAll(async () => {
  await relay.stop();
  await rm(folder, { recursive: true });
});

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(relay.origin + path, { headers: { 'accept-encoding': 'identity', ...headers } });
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

test('every screen’s address is answered with the shell, when a browser navigates to it', async () => {
  for (const path of ['/', '/new', '/messages/with/somebody?x=1']) {
    const response = await get(path, { accept: 'text/html,*/*' });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe(page);
  }
  expect(await (await get('/')).text()).toBe(page);
  expect(await (await get('/learn')).text()).toBe(files['learn.html']);
});

test.each([
  '/_app/immutable/gone.js',
  '/_app/version.json',
  '/icon.png',
  '/.hidden/secret.txt',
  '/.compressed/x.br',
  '/..%2f..%2fpackage.json',
  '/v1/nothing',
])('%s is never answered with HTML', async (path) => {
  const response = await get(path, { accept: 'text/html' });
  expect((await readRefusal(response))[1]).toBe('not-found');
});

test('an address that is not navigated to is not found', async () => {
  expect((await get('/new', { accept: 'application/json' })).status).toBe(404);
});

test('files whose names carry their hash are kept for ever, the others are asked for again', async () => {
  const immutable = await get('/_app/immutable/start.abc.js');
  expect(immutable.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  for (const path of ['/', '/service-worker.js', '/manifest.webmanifest']) {
    expect((await get(path)).headers.get('cache-control')).toBe('no-cache');
  }
  const etag = (await get('/service-worker.js')).headers.get('etag') ?? '';
  expect((await get('/service-worker.js', { 'if-none-match': etag })).status).toBe(304);
  expect((await get('/service-worker.js', { 'if-none-match': '"other"' })).status).toBe(200);
});

test('brotli is preferred to gzip, and each has an ETag of its own', async () => {
  const etags = new Set<string | null>();
  for (const encoding of ['br', 'gzip', 'identity']) {
    const accepted = encoding === 'br' ? 'gzip, deflate, br' : encoding;
    const response = await get('/service-worker.js', { 'accept-encoding': accepted });
    expect(response.headers.get('content-encoding') ?? 'identity').toBe(encoding);
    expect(response.headers.get('vary')).toContain('accept-encoding');
    expect(await response.text()).toBe(longScript);
    etags.add(response.headers.get('etag'));
  }
  expect(etags.size).toBe(3);
});

/** Bytes as they cross, which fetch would decompress. */
async function getRaw(path: string, headers: Readonly<Record<string, string>>, method = 'GET') {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(relay.origin + path, { method, headers }, resolve);
    asked.on('error', reject).end();
  });
  return { status: message.statusCode, headers: message.headers, bytes: await buffer(message) };
}

const forms = [
  ['a coded page', '/', { accept: 'text/html', 'accept-encoding': 'gzip, br' }],
  ['a brotli-coded script', '/service-worker.js', { 'accept-encoding': 'gzip, br' }],
  ['a gzip-coded script', '/_app/immutable/start.abc.js', { 'accept-encoding': 'gzip' }],
  ['a script as it is', '/_app/immutable/start.abc.js', {}],
  ['a style as it is', '/_app/immutable/style.abc.css', {}],
  ['the packed form of a script', '/_app/immutable/start.abc.js.gz', {}],
  ['the packed form of what gets no shorter', '/_app/immutable/style.abc.css.gz', {}],
] as const;

test.each(forms)('%s that was cut goes on where it was cut', async (_, path, headers) => {
  const whole = await getRaw(path, headers);
  expect(whole.status).toBe(200);
  expect(whole.headers['accept-ranges']).toBe('bytes');
  expect(whole.headers['content-length']).toBe(String(whole.bytes.length));
  const { etag = '' } = whole.headers;
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  const cut = Math.floor(whole.bytes.length / 2);
  const rest = await getRaw(path, { ...headers, range: `bytes=${cut}-`, 'if-range': etag });
  expect(rest.status).toBe(206);
  const last = whole.bytes.length - 1;
  expect(rest.headers['content-range']).toBe(`bytes ${cut}-${last}/${whole.bytes.length}`);
  expect(rest.headers['content-length']).toBe(String(whole.bytes.length - cut));
  for (const name of ['etag', 'content-encoding', 'content-type', 'vary', 'cache-control']) {
    expect(rest.headers[name]).toBe(whole.headers[name]);
  }
  expect(Buffer.concat([whole.bytes.subarray(0, cut), rest.bytes])).toEqual(whole.bytes);
});

test('a range of another form, of none, or of several parts is answered with the whole', async () => {
  const path = '/_app/immutable/start.abc.js';
  const coded = await getRaw(path, { 'accept-encoding': 'br' });
  const { etag = '' } = coded.headers;
  const asked = [
    { range: 'bytes=5-', 'if-range': etag },
    { range: 'bytes=5-', 'if-range': `W/${etag}` },
    { range: 'bytes=5-', 'if-range': 'Wed, 21 Oct 2026 07:28:00 GMT' },
    { range: 'bytes=1-2,4-5' },
    { range: 'lines=1-2' },
    { range: 'bytes=9-3' },
  ];
  for (const headers of asked) {
    const { status, bytes } = await getRaw(path, headers);
    expect(status).toBe(200);
    expect(bytes.toString()).toBe(longScript);
  }
  const head = await getRaw(path, { range: 'bytes=5-' }, 'HEAD');
  expect(head.status).toBe(200);
  expect(head.headers['content-length']).toBe(String(longScript.length));
});

test('a range behind the end is refused, and what is known is not sent', async () => {
  const path = '/_app/immutable/start.abc.js.gz';
  const { bytes, headers } = await getRaw(path, {});
  const behind = await getRaw(path, { range: `bytes=${bytes.length}-` });
  expect(behind.status).toBe(416);
  expect(behind.headers['content-range']).toBe(`bytes */${bytes.length}`);
  expect(behind.bytes).toHaveLength(0);
  const known = await getRaw(path, { range: 'bytes=5-', 'if-none-match': headers.etag ?? '' });
  expect(known.status).toBe(304);
  expect(known.bytes).toHaveLength(0);
});

test('the packed form is nobody’s to change, is policed as its file, and exists for no other file', async () => {
  const packed = await getRaw('/_app/immutable/start.abc.js.gz', { 'accept-encoding': 'gzip, br' });
  expect(gunzipSync(packed.bytes).toString()).toBe(longScript);
  expect(packed.headers['content-type']).toBe('application/gzip');
  expect(packed.headers['content-encoding']).toBeUndefined();
  expect(packed.headers['cache-control']).toContain('no-transform');
  const file = await getRaw('/_app/immutable/start.abc.js', {});
  for (const name of ['content-security-policy', 'cross-origin-embedder-policy']) {
    expect(packed.headers[name]).toBe(file.headers[name]);
  }
  for (const path of ['/service-worker.js.gz', '/index.html.gz', '/_app/immutable/gone.js.gz']) {
    expect((await getRaw(path, {})).status).toBe(404);
  }
});

test('compressed forms are kept beside the app for the next start', async () => {
  const kept = await readdir(join(folder, '.compressed'));
  expect(kept.some((name) => name.endsWith('.br'))).toBe(true);
  expect(kept.some((name) => name.endsWith('.gz'))).toBe(true);
});

test('pages and workers have the one policy, with hashes of what this build holds inline', async () => {
  for (const path of ['/', '/service-worker.js', '/_app/immutable/start.abc.js']) {
    const policy = (await get(path)).headers.get('content-security-policy') ?? '';
    const directives = new Map(
      policy.split('; ').map((directive) => {
        const [name = '', ...values] = directive.split(' ');
        return [name, values] as const;
      }),
    );
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(directives.get('script-src')).toEqual([
      "'self'",
      "'wasm-unsafe-eval'",
      hashOf(inlineScript),
    ]);
    expect(directives.get('style-src')).toEqual(["'self'", hashOf(styleSheet)]);
    expect(directives.get('style-src-attr')).toEqual([
      "'unsafe-hashes'",
      hashOf(inlineStyle),
      hashOf(announcer),
    ]);
    expect(directives.get('connect-src')).toEqual(["'self'", 'http:', 'https:']);
    expect(directives.get('trusted-types')).toEqual([
      'svelte-trusted-html',
      'wallflower-script-url',
      'wallflower-go-on',
    ]);
    for (const closed of ['font-src', 'base-uri', 'form-action', 'frame-ancestors']) {
      expect(directives.get(closed)).toEqual(["'none'"]);
    }
  }
});

test('the app stands alone: isolated, unframed, without features it does not use', async () => {
  const { headers } = await get('/');
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('permissions-policy')).toContain('geolocation=()');
  expect(headers.get('permissions-policy')).toContain('camera=(self)');
  expect(headers.get('access-control-allow-origin')).toBeNull();
  const api = await get('/v1/info');
  expect(api.headers.get('access-control-allow-origin')).toBe('*');
});

test('an app reached through TLS calls plain HTTP only at onions and on this machine', async () => {
  const flags = ['--app', folder, '--origin', 'https://relay.example'];
  const secure = await startTestRelay(flags);
  const policy = (await fetch(secure.origin)).headers.get('content-security-policy');
  expect(policy).toContain("connect-src 'self' https: http://*.onion http://localhost:*");
  await secure.stop();
});
