import { Agent, request as httpRequest } from 'node:http';
import { composeRecord } from '#core/records/compose.ts';
import { entryToContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { encodeRecord } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { addDays, dayOf } from '#core/types/day.ts';
import type { PersonaSeed, Slot } from '#core/types/ids.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { cborSequenceType } from '#sync/wire/media-type.ts';

/** One prepared call. */
export interface PreparedCall {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly type: string;
  readonly body: Bytes;
}

const authors = 200;

/** A post of one record, or of several one after the other. */
export function postOf(body: Bytes): PreparedCall {
  return { method: 'POST', path: '/v1/records', type: cborSequenceType, body };
}

/** So many signed requests of some 400 bytes, each at an address of its own. */
export async function makeRecords(count: number): Promise<readonly Bytes[]> {
  const crypto = await createSodiumCrypto();
  const day = dayOf(Date.now());
  const signers = Array.from({ length: authors }, (_, index) => {
    const seed = new Uint8Array(32).fill(index) as PersonaSeed;
    return { seed, key: crypto.personaKey(seed) };
  });
  return Array.from({ length: count }, (_, index) => {
    const signer = signers[index % authors];
    if (signer === undefined) throw new Error('no signer');
    const slot = new Uint8Array(4) as Slot;
    new DataView(slot.buffer).setUint32(0, index + 1);
    const header = { kind: recordKinds.request, slot, rev: 1, day, until: addDays(day, 90) };
    const content = entryToContent({
      title: `Somebody to read letter ${index}`,
      text: 'We are looking for a person who reads and writes well, and has an hour. '.repeat(3),
      language: 'en',
      country: 'KE',
      skills: ['writing'],
      urgency: 'week',
    });
    return encodeRecord(composeRecord(crypto, signer, header, content));
  });
}

/** Sends all calls over so many connections, one at a time on each; returns the seconds it took. Throws on any refusal. */
export async function sendAll(
  origin: string,
  calls: readonly PreparedCall[],
  connections: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(origin);
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
        await send(agent, hostname, port, call);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  agent.destroy();
  return seconds;
}

function send(agent: Agent, hostname: string, port: string, call: PreparedCall): Promise<void> {
  const { method, path, type, body } = call;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': body.length };
    const request = httpRequest({ agent, hostname, port, method, path, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${path.slice(0, 12)} answered ${response.statusCode}`));
      });
    });
    request.once('error', reject);
    request.end(body);
  });
}
