import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BoardVisitor, report, shortName } from '../support/board-visitor.ts';
import { Device, eventually, unwrap } from '../support/engine-in-node.ts';
import { publishAll } from '../support/fill-relay.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { TestClock } from '../support/test-clock.ts';
import { requestOf, today } from '../relay/people.ts';
import { startTestRelay } from '../relay/running-relay.ts';

const program = fileURLToPath(new URL('../../src/relay/export-board.ts', import.meta.url));
const records = Array.from({ length: 700 }, (_, number) => requestOf(number));

let out: string;
let server: Server;
let host: string;
const asked: string[] = [];

/** A web host as they are: files by path, a type that it guesses, 404 as a page, no ranges, no relay. */
async function startHost(folder: string): Promise<Server> {
  const started = createServer((request, response) => {
    const path = (request.url ?? '/').replace(/^\/boards\/one/, '');
    asked.push(path);
    readFile(join(folder, path)).then(
      (bytes) => {
        response.writeHead(200, {
          'content-type': 'application/octet-stream',
          'access-control-allow-origin': '*',
        });
        response.end(bytes);
      },
      () => {
        response.writeHead(404, { 'content-type': 'text/html' });
        response.end('<h1>Not here</h1>');
      },
    );
  });
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return started;
}

async function exportBoard(published: typeof records): Promise<void> {
  const relay = await startRelayProcess();
  await publishAll(relay.origin, published);
  await relay.kill();
  const flags = ['--out', out, '--data', relay.dataFolder, '--pack-records', '300'];
  await promisify(execFile)(process.execPath, [program, ...flags]);
  await relay.stop();
}

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'wallflower-board-'));
  await exportBoard(records);
  server = await startHost(out);
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  asked.length = 0;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(out, { recursive: true, force: true });
});

test('a board that was written as files is read whole from a plain web host', async () => {
  expect((await stat(join(out, 'v1/board/manifest'))).size).toBeGreaterThan(100);
  const visitor = new BoardVisitor();
  visitor.today = today;
  expect(report(await visitor.visit(host, 'static'))).toMatchObject({ isWhole: true });
  expect(await visitor.held()).toEqual(records.map(shortName).sort());
  const before = asked.length;
  report(await visitor.visit(host, 'static'));
  expect(asked.slice(before)).toEqual(['/v1/board/manifest']);
});

test('an engine that is given only the address shows the board, and says that it takes no mail', async () => {
  const device = new Device({ origin: `${host}/boards/one`, clock: new TestClock() });
  await device.start();
  await eventually(
    () => device.api.readNetwork(),
    ({ entriesOnDevice }) => entriesOnDevice === records.length,
  );
  const view = await eventually(
    () => device.api.readNetwork(),
    ({ boardAsOfMs }) => boardAsOfMs !== null,
  );
  expect(view.relays).toMatchObject([{ kind: 'static', health: 'reachable', trouble: null }]);
  device.kill();
});

test('beside a relay, entries are published to the relay alone', async () => {
  const relay = await startTestRelay();
  const device = new Device({ origin: relay.origin, clock: new TestClock() });
  await device.startWithVault();
  unwrap(await device.api.addRelay(`${host}/boards/one/`));
  await eventually(
    () => device.api.readNetwork(),
    ({ entriesOnDevice }) => entriesOnDevice === records.length,
  );
  const { relays, outbox } = await device.api.readNetwork();
  expect(relays.map(({ kind }) => kind).sort()).toEqual(['relay', 'static']);
  expect(outbox.filter(({ relay: at }) => at.startsWith(host))).toEqual([]);
  device.kill();
  await relay.stop();
});
