import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The middle of what base64 makes of some bytes at each of the three alignments they can have. */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(shift === 0 ? 0 : 4, -2);
  });
}

/** The bytes that a text has in the encodings in which a program might leave it lying about. */
function encodingsOf(marker: string): ReadonlyMap<string, Buffer> {
  const utf8 = Buffer.from(marker);
  const utf16 = Buffer.from(marker, 'utf16le');
  const named: [string, Buffer][] = [
    ['utf-8', utf8],
    ['utf-16le', utf16],
    ['utf-16be', Buffer.from(utf16).swap16()],
    ['hex', Buffer.from(utf8.toString('hex'))],
    ['HEX', Buffer.from(utf8.toString('hex').toUpperCase())],
    ['percent', Buffer.from(encodeURIComponent(marker))],
    ['json', Buffer.from(JSON.stringify(marker).slice(1, -1))],
    ['byte list', Buffer.from([...utf8].join(','))],
  ];
  for (const [index, core] of base64Cores(utf8).entries()) {
    named.push([`base64+${index}`, Buffer.from(core)]);
    const urlCore = core.replaceAll('+', '-').replaceAll('/', '_');
    named.push([`base64url+${index}`, Buffer.from(urlCore)]);
  }
  return new Map(named);
}

/** Names of the encodings in which a marker (8 characters or more) occurs in some bytes. */
export function findMarker(bytes: Buffer, marker: string): string[] {
  if (marker.length < 8) throw new Error('So short a marker occurs by chance.');
  return [...encodingsOf(marker)].flatMap(([name, needle]) =>
    bytes.includes(needle) ? [name] : [],
  );
}

/** Every file under a folder, one after the other. */
export async function readFolder(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(
    await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name)))),
  );
}
