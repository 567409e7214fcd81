import type { FindingKind, Findings } from './finding.ts';

/** Local names of elements and attributes that XMP and office files tell of people with. */
const kindByName: Readonly<Record<string, FindingKind>> = {
  creator: 'person',
  'initial-creator': 'person',
  lastModifiedBy: 'person',
  'printed-by': 'person',
  Manager: 'person',
  OwnerName: 'person',
  Company: 'organisation',
  GPSLatitude: 'place',
  GPSLongitude: 'place',
  City: 'place',
  Location: 'place',
  Country: 'place',
  Make: 'camera',
  Model: 'camera',
  SerialNumber: 'serial',
  created: 'time',
  modified: 'time',
  lastPrinted: 'time',
  'creation-date': 'time',
  date: 'time',
  CreateDate: 'time',
  ModifyDate: 'time',
  DateCreated: 'time',
  DateTimeOriginal: 'time',
  generator: 'software',
  Application: 'software',
  CreatorTool: 'software',
  Producer: 'software',
  Template: 'software',
  title: 'title',
  description: 'description',
  subject: 'description',
};

const spaces = 'dc|cp|dcterms|meta|xmp|xap|pdf|photoshop|exif|exifEX|aux|tiff|Iptc4xmpCore';
const opening = new RegExp(
  `<(?:(?:${spaces}):)?([A-Za-z-]{4,20})(?:\\s[^<>]{0,300})?>(?:\\s|<rdf:\\w{2,3}(?:\\s[^<>]{0,99})?>){0,40}([^<]{1,400})`,
  'g',
);
const attribute = new RegExp(`\\s(?:${spaces}):([A-Za-z-]{4,20})="([^"<>]{1,400})"`, 'g');
const mostMatches = 200;

/** Adds what the elements and attributes of XMP, OOXML and ODF metadata say. */
export function findInXml(xml: string, findings: Findings): void {
  for (const pattern of [opening, attribute]) {
    let matches = 0;
    for (const [, name = '', value = ''] of xml.matchAll(pattern)) {
      if (++matches > mostMatches) break;
      const kind = Object.hasOwn(kindByName, name) ? kindByName[name] : undefined;
      if (kind !== undefined) findings.addWords(kind, readEntities(value));
    }
  }
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
};

/** Character references as XML 1.0 section 4.6 names them; numbers that are none stay as they are. */
function readEntities(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, (whole, ...groups) => {
    const [decimal, hexadecimal, name] = groups as (string | undefined)[];
    if (name !== undefined) return entities[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
