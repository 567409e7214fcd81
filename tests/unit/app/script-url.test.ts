import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

describe('the policy for addresses of scripts', () => {
  let trustedScriptUrl: (url: string) => string;
  const createPolicy = vi.fn((_name: string, rules: object) => rules);

  beforeEach(async () => {
    vi.stubEnv('DEV', false);
    vi.stubGlobal('location', new URL('https://relay.example/messages/x'));
    vi.stubGlobal('trustedTypes', { createPolicy });
    vi.resetModules();
    ({ trustedScriptUrl } = await import('../../../src/app/script-url.ts'));
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });

  test('bears the name that the content security policy allows', () => {
    expect(createPolicy).toHaveBeenLastCalledWith('wallflower-script-url', expect.anything());
  });

  test.each(['/service-worker.js', '/_app/immutable/workers/worker-BZ4f_x.js'])(
    'lets %s through',
    (path) => {
      expect(trustedScriptUrl(path)).toBe(`https://relay.example${path}`);
    },
  );

  test.each([
    'https://elsewhere.example/service-worker.js',
    '//elsewhere.example/_app/immutable/workers/a.js',
    'data:text/javascript,alert(1)',
    'blob:https://relay.example/3b0a',
    'javascript:alert(1)',
    '/v1/blobs/a.js',
    '/_app/immutable/workers/../../../v1/blobs/a.js',
    '/_app/immutable/chunks/a.js',
    '/messages/service-worker.js',
    'http://relay.example/service-worker.js',
  ])('refuses %s', (url) => {
    expect(() => trustedScriptUrl(url)).toThrow(TypeError);
  });
});
