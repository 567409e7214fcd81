import type { FileKind } from './sniff-file.ts';

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu;
const notInNames = /[\\/:*?"<>|]+/g;
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const mostLetters = 80;
const mostExtension = 12;

/** Extensions that systems run, open in a browser or install from. */
const programs = new Set(
  (
    'apk app appimage bat bin cmd com command cpl deb desktop dll dmg docm dotm exe hta htm html inf ' +
    'iso jar js jse lnk mht mhtml msi msix ps1 pptm py reg rpm scf scr sh svg url vb vbe vbs wsf ' +
    'xhtml xlsm xml'
  ).split(' '),
);

const extensions: Readonly<Record<FileKind, readonly string[]>> = {
  jpeg: ['jpg', 'jpeg', 'jpe', 'jfif'],
  png: ['png'],
  gif: ['gif'],
  webp: ['webp'],
  avif: ['avif'],
  heic: ['heic', 'heif', 'hif'],
  tiff: ['tiff', 'tif', 'dng', 'nef', 'arw', 'cr2'],
  pdf: ['pdf'],
  zip: 'zip docx xlsx pptx odt ods odp odg epub jar apk docm xlsm pptm'.split(' '),
  movie: ['mp4', 'mov', 'm4a', 'm4v', 'm4b', '3gp', '3g2'],
  mp3: ['mp3'],
  page: ['html', 'htm', 'svg', 'xhtml', 'xml'],
  unknown: [],
};

const mediaTypes: Readonly<Record<string, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  pdf: 'application/pdf',
  movie: 'video/mp4',
  mp3: 'audio/mpeg',
  zip: 'application/zip',
};

/** A name in two parts, so that the part which tells what opens it cannot be overlooked. */
export interface NameParts {
  readonly stem: string;
  /** With its dot, or empty. */
  readonly extension: string;
}

/** A name to be shown and saved under: no path, nothing hidden, nothing that turns its direction. */
export function safeName(name: string): NameParts {
  const visible = name
    .slice(0, 1_000)
    .normalize('NFC')
    .replace(unseen, '')
    .replace(notInNames, '_');
  const trimmed = visible.replace(/^[.\s~-]+|[.\s]+$/g, '');
  const dot = trimmed.lastIndexOf('.');
  const tail = dot > 0 ? trimmed.slice(dot) : '';
  const extension =
    /^\.[\p{L}\p{N}_-]+$/u.test(tail) && tail.length <= mostExtension + 1 ? tail : '';
  const letters = [...trimmed.slice(0, trimmed.length - extension.length)];
  const stem = letters.slice(0, mostLetters).join('').trim();
  return { stem: stem === '' || reserved.test(`${stem}.`) ? `file_${stem}` : stem, extension };
}

/** Whether saving it puts something on the device that can run there. */
export function isProgram({ extension }: NameParts): boolean {
  return programs.has(extension.slice(1).toLowerCase());
}

/** Whether the extension promises something else than what the content is. */
export function pretends({ extension }: NameParts, kind: FileKind): boolean {
  const claimed = extension.slice(1).toLowerCase();
  const isKnown = Object.values(extensions).some((known) => known.includes(claimed));
  return isKnown && !extensions[kind].includes(claimed);
}

/** A name that tells nothing: the word given, and the extension that the file has or should have. */
export function neutralName(word: string, name: string, kind: FileKind): string {
  const { extension } = safeName(name);
  const usual = extensions[kind][0];
  return word + (extension === '' && usual !== undefined ? `.${usual}` : extension.toLowerCase());
}

/** The media type of what a file is by its content. */
export function mediaTypeOf(kind: FileKind): string {
  return mediaTypes[kind] ?? 'application/octet-stream';
}
