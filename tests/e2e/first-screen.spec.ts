import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { expect, test } from '@playwright/test';

/** A page comes in pieces, and the browser reads each as it comes. */
const pauseMs = 400;

for (const place of [
  '<div id="thin"',
  '<template id="ahead"',
  '<noscript',
  '<div class="contents"',
])
  test(`the app is fetched ahead where the page has come as far as ${place} for a while`, async ({
    page,
  }) => {
    const html = await readFile('build/index.html', 'utf8');
    const end = html.indexOf(place);
    expect(end).toBeGreaterThan(0);
    const server = createServer((request, response) => {
      if (request.url !== '/') return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.write(html.slice(0, end));
      void pass(pauseMs).then(() => response.end(html.slice(end)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await page.goto(`http://127.0.0.1:${port}/`);
      const links = page.locator('head link[rel="modulepreload"]');
      await expect(links).toHaveCount(html.match(/rel="modulepreload"/g)?.length ?? -1);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
