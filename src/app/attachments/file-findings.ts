import { findInsertedExif, findInTiff } from './exif-findings.ts';
import { Findings, type Finding } from './finding.ts';
import { findInMovie, findInMp3, findVorbisComments } from './media-findings.ts';
import { findInPdf } from './pdf-findings.ts';
import { findInPicture, findXmpPacket } from './picture-findings.ts';
import { isPicture, sniffFile, type FileKind } from './sniff-file.ts';
import { findInZip } from './zip-findings.ts';

/** What a file is, and what it carries that its sender may not know of. */
export interface FileReport {
  readonly kind: FileKind;
  readonly findings: readonly Finding[];
}

/**
 * Looks into a file, whatever it calls itself. Bounded and total: a file that is broken or made to
 * harm gives a report too, only a shorter one.
 */
export async function lookInto(bytes: Uint8Array): Promise<FileReport> {
  const kind = sniffFile(bytes);
  const findings = new Findings();
  if (isPicture(kind)) findInPicture(bytes, kind, findings);
  else await findInOther(bytes, kind, findings);
  return { kind, findings: findings.list() };
}

async function findInOther(bytes: Uint8Array, kind: FileKind, findings: Findings): Promise<void> {
  switch (kind) {
    case 'pdf':
      return findInPdf(bytes, findings);
    case 'zip':
      return findInZip(bytes, findings);
    case 'movie':
      return findInMovie(bytes, findings);
    case 'mp3':
      return findInMp3(bytes, findings);
    case 'tiff':
      return findInTiff(bytes, findings);
    default:
      findInsertedExif(bytes, findings);
      findXmpPacket(bytes, findings);
      findVorbisComments(bytes, findings);
      if (kind === 'page') findings.add('scripts');
  }
}
