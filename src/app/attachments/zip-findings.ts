import { findIn } from './bytes-at.ts';
import type { Findings } from './finding.ts';
import { findInPicture } from './picture-findings.ts';
import { isPicture, sniffFile } from './sniff-file.ts';
import { findInXml } from './xml-findings.ts';
import { readZipEntry, zipEntries, type ZipEntry } from './zip-entries.ts';

const mostXmlBytes = 262_144;
const mostDocumentBytes = 4_194_304;
const mostPictureBytes = 16_777_216;
const mostPictures = 20;

const metadataOf = /^(?:docProps\/(?:core|app|custom)\.xml|meta\.xml)$/;
const commentsOf = /^(?:word\/comments|xl\/(?:comments|threadedComments|persons)|ppt\/comment)/i;
const documentOf = /^(?:word\/document|content)\.xml$/;
const pictureOf = /\.(?:jpe?g|png|webp|gif|avif)$/i;
const thumbnailOf = /^(?:docProps|Thumbnails)\/thumbnail\./i;
const scriptsOf = /(?:^|\/)(?:vbaProject\.bin|Basic\/)/;
const embeddedOf = /^(?:word|xl|ppt)\/embeddings\/|^Object \d/;

/** Adds what a ZIP file carries: a document of an office program, or files that somebody packed. */
export async function findInZip(bytes: Uint8Array, findings: Findings): Promise<void> {
  const entries = zipEntries(bytes);
  if (entries.some(({ isLocked }) => isLocked) || entries.length === 0) findings.add('locked');
  const isDocument = entries.some(({ name }) =>
    /^(?:\[Content_Types\]\.xml|META-INF\/manifest\.xml)$/.test(name),
  );
  if (isDocument) await findInDocument(bytes, entries, findings);
  else findInArchive(entries, findings);
  await findInPictures(bytes, entries, findings);
}

async function findInDocument(
  bytes: Uint8Array,
  entries: readonly ZipEntry[],
  findings: Findings,
): Promise<void> {
  for (const entry of entries) {
    const { name } = entry;
    if (commentsOf.test(name)) findings.add('comments');
    if (scriptsOf.test(name)) findings.add('scripts');
    if (embeddedOf.test(name)) findings.add('attached');
    if (thumbnailOf.test(name)) findings.add('thumbnail');
    if (metadataOf.test(name)) {
      const xml = await readZipEntry(bytes, entry, mostXmlBytes);
      if (xml !== null) findInXml(new TextDecoder().decode(xml), findings);
    }
    if (documentOf.test(name)) {
      const xml = await readZipEntry(bytes, entry, mostDocumentBytes);
      if (xml !== null) findInText(xml, findings);
    }
  }
}

/** Remarks and tracked changes inside the text itself. */
function findInText(xml: Uint8Array, findings: Findings): void {
  const has = (mark: string): boolean => findIn(xml, mark) !== -1;
  if (has('<w:ins ') || has('<w:del ') || has('<text:tracked-changes')) findings.add('changes');
  if (has('<office:annotation')) findings.add('comments');
}

function findInArchive(entries: readonly ZipEntry[], findings: Findings): void {
  const files = entries.filter(({ name }) => !name.endsWith('/'));
  for (const { name } of files) findings.add('names', name);
  const newest = Math.max(0, ...files.map(({ date }) => date));
  if (newest > 0) findings.add('time', dosDate(newest));
}

/** APPNOTE 4.4.6: seven bits of years since 1980, four of months, five of days. */
function dosDate(date: number): string {
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${1_980 + (date >> 9)}-${part((date >> 5) & 15)}-${part(date & 31)}`;
}

async function findInPictures(
  bytes: Uint8Array,
  entries: readonly ZipEntry[],
  findings: Findings,
): Promise<void> {
  const pictures = entries.filter(({ name }) => pictureOf.test(name) && !thumbnailOf.test(name));
  if (pictures.length > 0) findings.add('pictures');
  for (const entry of pictures.slice(0, mostPictures)) {
    const picture = await readZipEntry(bytes, entry, mostPictureBytes);
    const kind = picture === null ? 'unknown' : sniffFile(picture);
    if (picture !== null && isPicture(kind)) findInPicture(picture, kind, findings);
  }
}
