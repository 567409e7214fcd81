import { latin } from './bytes-at.ts';
import { findInsertedExif } from './exif-findings.ts';
import type { FindingKind, Findings } from './finding.ts';
import { inflate } from './inflate.ts';
import { findInXml } from './xml-findings.ts';

const kindByKey: Readonly<Record<string, FindingKind>> = {
  Author: 'person',
  Creator: 'software',
  Producer: 'software',
  CreationDate: 'time',
  ModDate: 'time',
  Title: 'title',
  Subject: 'description',
  Keywords: 'description',
  Company: 'organisation',
};

const stringAfter = (key: string): RegExp =>
  new RegExp(
    `/${key}\\s{0,9}(?:\\(((?:\\\\[^]|[^\\\\)]){0,400})\\)|<([\\da-fA-F\\s]{2,800})>)`,
    'g',
  );
const mostMatches = 20;
const mostStreams = 300;
const mostStreamBytes = 1_048_576;
const mostPackedBytes = 4_194_304;

/** Adds what a PDF file carries, in its plain parts and in those that are packed (ISO 32000-1, 14.3). */
export async function findInPdf(bytes: Uint8Array, findings: Findings): Promise<void> {
  const text = latin(bytes, 0, bytes.length);
  findInObjects(text, findings);
  findInsertedExif(bytes, findings);
  if (text.includes('/Encrypt')) findings.add('locked');
  const saves = text.split('startxref').length - 1;
  if (saves > (text.includes('/Linearized') ? 2 : 1)) findings.add('earlier');
  for (const part of await unpackParts(bytes, text)) findInObjects(part, findings);
}

function findInObjects(text: string, findings: Findings): void {
  for (const [key, kind] of Object.entries(kindByKey)) {
    let matches = 0;
    for (const [, letters, hexadecimal] of text.matchAll(stringAfter(key))) {
      if (++matches > mostMatches) break;
      const words = letters === undefined ? fromHex(hexadecimal ?? '') : fromLiteral(letters);
      findings.addWords(kind, kind === 'time' ? readDate(words) : words);
    }
  }
  for (let at = text.indexOf('<x:xmpmeta'), seen = 0; at !== -1 && seen < 20; seen++) {
    findInXml(utf8(text.slice(at, at + 65_536)), findings);
    at = text.indexOf('<x:xmpmeta', at + 1);
  }
  if (/\/(?:JavaScript|JS|Launch)\b/.test(text)) findings.add('scripts');
  if (/\/EmbeddedFiles?\b/.test(text)) findings.add('attached');
  if (/\/Subtype\s{0,3}\/(?:Text|FreeText|Highlight|Popup|Ink|StrikeOut)\b/.test(text)) {
    findings.add('comments');
  }
}

/** Object streams, and metadata streams that are packed: the first ones, each up to a bound. */
async function unpackParts(bytes: Uint8Array, text: string): Promise<readonly string[]> {
  const parts: string[] = [];
  let at = text.indexOf('stream');
  for (let seen = 0; at !== -1 && seen < mostStreams; at = text.indexOf('stream', at + 6)) {
    const head = text.slice(Math.max(0, at - 500), at);
    const dictionary = head.slice(head.lastIndexOf(' obj') + 1);
    const isWanted = /\/Type\s{0,3}\/(?:ObjStm|Metadata)\b/.test(dictionary);
    if (text.startsWith('end', at - 3) || !isWanted || !dictionary.includes('/FlateDecode'))
      continue;
    seen += 1;
    const start = at + (text.startsWith('\r\n', at + 6) ? 8 : 7);
    const end = text.indexOf('endstream', start);
    const packed = bytes.subarray(
      start,
      Math.min(end === -1 ? Infinity : end, start + mostPackedBytes),
    );
    const part = await inflate(packed, 'deflate', mostStreamBytes);
    if (part !== null) parts.push(latin(part, 0, part.length));
  }
  return parts;
}

/** ISO 32000-1, 7.9.4: D:YYYYMMDDHHmm and more, of which each part may be missing. */
function readDate(text: string): string {
  const [, year, month = '', day = '', hour = '', minute = ''] =
    /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?/.exec(text) ?? [];
  if (year === undefined) return text;
  const date = [year, month, day].filter((part) => part !== '').join('-');
  return hour === '' ? date : `${date} ${hour}:${minute || '00'}`;
}

/** A literal string of PDF (ISO 32000-1, 7.3.4.2): escapes, and UTF-16 behind a byte order mark. */
function fromLiteral(letters: string): string {
  const named: Readonly<Record<string, string>> = {
    n: '\n',
    r: '\r',
    t: '\t',
    b: '',
    f: '',
    '\n': '',
  };
  const plain = letters.replaceAll(/\\([0-7]{1,3}|[^])/g, (_, what: string) =>
    /^[0-7]/.test(what)
      ? String.fromCharCode(Number.parseInt(what, 8) % 256)
      : (named[what] ?? what),
  );
  return fromTextString(plain);
}

function fromHex(hexadecimal: string): string {
  const pairs = hexadecimal.replaceAll(/\s/g, '').match(/../g) ?? [];
  return fromTextString(String.fromCharCode(...pairs.map((pair) => Number.parseInt(pair, 16))));
}

function fromTextString(letters: string): string {
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  if (letters.startsWith('\u00fe\u00ff')) return new TextDecoder('utf-16be').decode(bytes);
  return letters.startsWith('\u00ef\u00bb\u00bf') ? new TextDecoder().decode(bytes) : letters;
}

function utf8(letters: string): string {
  return new TextDecoder().decode(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
}
