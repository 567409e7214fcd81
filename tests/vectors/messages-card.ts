/*
 * A whole contact card record and the 60 digits, of the people of the worked example, computed by
 * the reference model. `node tests/vectors/messages-card.ts` writes messages-card.json anew.
 */
import { writeFileSync } from 'node:fs';
import { encode } from '#tests/reference/cbor.ts';
import { hash, labelled, sign, type Octets } from '#tests/reference/primitives.ts';
import { computeExample, exampleInputs, inHex } from './messages-example.ts';

const contactKind = 5;
const day = 20_778;
const until = day + 30;

/** docs/protocol.md, "Verification". */
function digitsOf(persona: Octets, ik: Octets): string {
  const bytes = hash('fingerprint', persona, ik);
  return Array.from({ length: 6 }, (_, group) => {
    const hex = Buffer.from(bytes.subarray(5 * group, 5 * group + 5)).toString('hex');
    return String(BigInt(`0x${hex}`) % 100_000n).padStart(5, '0');
  }).join('');
}

/** The content of messages-card.json. */
export function computeCard(): unknown {
  const { personaA, personaB, ikA, ikB, bindB, spk, kem } = computeExample();
  const { bob } = exampleInputs;
  const slot = new Uint8Array(4);
  const content = [ikB, bindB, spk, kem, bob.contactQueueId, [bob.relay]];
  const body = encode([1, contactKind, slot, 0, day, until, ...content]);
  const signature = sign(bob.personaSeed, labelled('sign-record', personaB, body));
  const lowerFirst = Buffer.compare(personaA, personaB) < 0;
  const digits = [digitsOf(personaA, ikA), digitsOf(personaB, ikB)];
  return {
    origin:
      'Computed from the inputs of messages.json by tests/reference on the noble libraries, after docs/protocol.md',
    card: inHex({
      ...{ author: personaB, signature, body },
      record: encode([personaB, signature, body]),
      address: hash('address', personaB, contactKind, slot),
      id: hash('record', personaB, body),
    }),
    digits: (lowerFirst ? digits : digits.reverse()).join(''),
  };
}

if (process.argv[1] === import.meta.filename) {
  const path = new URL('messages-card.json', import.meta.url);
  writeFileSync(path, `${JSON.stringify(computeCard(), null, 2)}\n`);
}
