import { expect, test, type Page } from '@playwright/test';
import { screenPaths, walkThroughOpenVault } from '../support/all-screens.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

let relay: ServedApp;
let phone: Phone;
let complaints: string[];
let foreign: string[];

test.beforeEach(async () => {
  relay = await serveApp({ demo: true });
  phone = await openPhone(relay.origin);
  complaints = [];
  foreign = [];
  await watch(phone);
});

test.afterEach(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

/** What a page or a worker of it complains of, and every request that leaves for elsewhere. */
async function watch({ context, origin }: Phone): Promise<void> {
  await context.exposeFunction('noteViolation', (text: string) => complaints.push(text));
  await context.addInitScript(() => {
    const { noteViolation } = globalThis as unknown as { noteViolation(text: string): void };
    addEventListener('securitypolicyviolation', (event) => {
      noteViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  context.on('console', (message) => {
    const text = message.text();
    if (/violation|content security policy|trusted ?(?:type|html|script)|refused to/i.test(text)) {
      complaints.push(text);
    }
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('request', (request) => {
    const { origin: asked, protocol } = new URL(request.url());
    if (asked !== origin && protocol !== 'data:' && protocol !== 'blob:')
      foreign.push(request.url());
  });
}

test('no screen breaks its own content security policy or asks another origin', async () => {
  const { page } = phone;
  for (const [name, path] of Object.entries(screenPaths)) {
    await test.step(name, async () => {
      await phone.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    });
  }
  await phone.goto('/');
  await phone.waitForShell();
  await walkThroughOpenVault(page, 'six brass lanterns follow the river', () => Promise.resolve());
  expect(complaints).toEqual([]);
  expect(foreign).toEqual([]);
});

test('the watch that finds nothing would find something', async () => {
  await phone.goto('/');
  await phone.page
    .evaluate(() => {
      const script = document.createElement('script');
      script.textContent = '1';
      document.body.append(script);
    })
    .catch(() => undefined);
  await phone.page.evaluate(async () => {
    await fetch('http://127.0.0.1:9/').catch(() => undefined);
  });
  await expect.poll(() => complaints.length).toBeGreaterThan(1);
});

const refusals: Record<string, () => unknown> = {
  'an inline script': () => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "ran"';
    document.body.append(script);
    return document.title;
  },
  'markup from a string': () => {
    document.body.innerHTML = '<b>ran</b>';
    return 'ran';
  },
  eval: () =>
    new Promise((resolve) => {
      setTimeout(() => {
        try {
          resolve((0, eval)('"ran"'));
        } catch {
          resolve('refused');
        }
      });
    }),
  'a worker from a string': () => {
    new Worker('data:text/javascript,1');
    return 'ran';
  },
  'a policy of another name': () => {
    const { trustedTypes } = globalThis as unknown as {
      trustedTypes: { createPolicy(name: string, rules: object): unknown };
    };
    trustedTypes.createPolicy('mine', {});
    return 'ran';
  },
};

for (const [what, attempt] of Object.entries(refusals)) {
  test(`the policy refuses ${what}`, async () => {
    await phone.goto('/');
    const outcome = await phone.page.evaluate(attempt).catch(() => 'refused');
    expect(outcome).not.toBe('ran');
  });
}

test('the page, the worker and the service worker carry the same strict headers', async () => {
  await phone.goto('/');
  await phone.waitForShell();
  const worker = phone.link.requests.find((line) => line.includes('/immutable/workers/'));
  const workerPath = worker?.split(' ')[1] ?? '/no-worker';
  for (const path of ['/', '/messages/x', '/service-worker.js', workerPath]) {
    const { headers, status } = await readHeaders(phone.page, path);
    expect(status, path).toBe(200);
    const policy = headers['content-security-policy'] ?? '';
    for (const part of [
      "require-trusted-types-for 'script'",
      'trusted-types svelte-trusted-html wallflower-script-url',
      "worker-src 'self'",
      "'wasm-unsafe-eval'",
    ]) {
      expect(policy, path).toContain(part);
    }
    const apartFromRelays = policy.replace(/connect-src [^;]*;/, '');
    expect(apartFromRelays, path).not.toMatch(/'unsafe-(?:inline|eval)'|https?:|\*/);
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['referrer-policy'], path).toBe('no-referrer');
    expect(headers['set-cookie'], path).toBeUndefined();
  }
});

async function readHeaders(
  page: Page,
  path: string,
): Promise<{ status: number; headers: Record<string, string> }> {
  const response = await page.request.get(`${relay.origin}${path}`, {
    headers: path.includes('.js') ? {} : { accept: 'text/html' },
  });
  return { status: response.status(), headers: response.headers() };
}
