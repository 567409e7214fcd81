import { describe, expect, it } from 'vitest';
import { lookInto } from '#app/attachments/file-findings.ts';
import type { FindingKind } from '#app/attachments/finding.ts';
import {
  brands,
  emptyJpeg,
  exifTiff,
  mediaBox,
  mp3Of,
  onePng,
  pdfOf,
  pngChunk,
  tagJpeg,
  telltales,
  webpWith,
  xmpPacket,
  zipOf,
} from '#tests/support/sample-files.ts';

async function findIn(bytes: Uint8Array): Promise<Partial<Record<FindingKind, string[]>>> {
  const { findings } = await lookInto(new Uint8Array(bytes));
  const found: Partial<Record<FindingKind, string[]>> = {};
  for (const { kind, value } of findings) (found[kind] ??= []).push(value);
  return found;
}

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('A look into a picture', () => {
  it('names place, camera, serial number, owner and time of a JPEG from a phone', async () => {
    const found = await findIn(tagJpeg(emptyJpeg()));
    expect(found.place).toEqual([telltales.place, telltales.city]);
    expect(found.camera).toEqual(['Example', telltales.camera]);
    expect(found.serial).toEqual([telltales.serial]);
    expect(found.person).toEqual([telltales.owner]);
    expect(found.time).toEqual([telltales.taken]);
    expect(found.software).toEqual(['Darkroom 9']);
    expect(found.comments).toEqual([telltales.comment]);
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining(['thumbnail', 'pictures', 'trailing', 'other']),
    );
  });

  it('tells south from north and west from east', async () => {
    const found = await findIn(exifTiff(1, ['S', 'W']));
    expect(found.place).toEqual(['-48.2082, -16.3738']);
  });

  it('puts the place first', async () => {
    const { findings } = await lookInto(tagJpeg(emptyJpeg()));
    expect(findings[0]?.kind).toBe('place');
  });

  it('finds nothing in a JPEG that holds a picture and nothing else', async () => {
    expect(await findIn(emptyJpeg())).toEqual({});
  });

  it('finds Exif, XMP and texts in a PNG, and nothing in a bare one', async () => {
    const chunks = [
      pngChunk('eXIf', exifTiff()),
      pngChunk('tEXt', latin(`Author\0${telltales.owner}`)),
      pngChunk('iTXt', latin(`XML:com.adobe.xmp\0\0\0\0\0${xmpPacket}`)),
      pngChunk('tIME', Buffer.from([0x07, 0xea, 3, 14, 15, 9, 26])),
    ];
    const found = await findIn(onePng(8, 8, chunks));
    expect(found.place).toEqual([telltales.place, telltales.city]);
    expect(found.person).toEqual([telltales.owner]);
    expect(found.time).toEqual([telltales.taken, '2026-03-14 15:09']);
    expect(await findIn(onePng(8, 8))).toEqual({});
  });

  it('finds Exif and XMP in a WebP', async () => {
    const found = await findIn(
      webpWith([
        ['EXIF', exifTiff()],
        ['XMP ', latin(xmpPacket)],
      ]),
    );
    expect(found.place).toEqual([telltales.place, telltales.city]);
    expect(await findIn(webpWith([]))).toEqual({});
  });

  it('finds the comment of a GIF', async () => {
    const gif = Buffer.concat([
      latin('GIF89a'),
      Buffer.from([1, 0, 1, 0, 0, 0, 0, 0x21, 0xfe, telltales.comment.length]),
      latin(telltales.comment),
      Buffer.from([0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0, 0x3b]),
    ]);
    expect((await findIn(gif)).comments).toEqual([telltales.comment]);
  });
});

describe('A look into a document', () => {
  const information = `/Author (Nasrin \\(N.\\) Example) /Producer <feff004b> /CreationDate (D:20260314150926+01'00')`;

  it.each([
    ['in the plain', false],
    ['in a packed object stream', true],
  ])('names author, program and time of a PDF that has them %s', async (_, packed) => {
    const found = await findIn(pdfOf(information, { packed }));
    expect(found.person).toEqual(['Nasrin (N.) Example']);
    expect(found.software).toEqual(['K']);
    expect(found.time).toEqual(['2026-03-14 15:09']);
    expect(found.earlier).toBeUndefined();
  });

  it('says that a PDF holds earlier versions, scripts, files, locked parts and tagged pictures', async () => {
    const pdf = pdfOf('/Encrypt 5 0 R /JS (x) /EmbeddedFiles 3 0 R /Subtype /Highlight', {
      saves: 2,
    });
    const found = await findIn(Buffer.concat([pdf, latin('Exif\0\0'), exifTiff()]));
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining(['earlier', 'scripts', 'attached', 'locked', 'comments', 'pictures']),
    );
    expect(found.place).toEqual([telltales.place]);
  });

  it.each([
    ['packed', true],
    ['stored', false],
  ])('names who made and who last changed an office document with %s parts', async (_, packed) => {
    const found = await findIn(
      zipOf(
        {
          '[Content_Types].xml': '<Types/>',
          'docProps/core.xml':
            '<cp:coreProperties><dc:creator>Nasrin &amp; Omid</dc:creator><cp:lastModifiedBy>Kian</cp:lastModifiedBy><dcterms:created xsi:type="dcterms:W3CDTF">2026-03-14T15:09:26Z</dcterms:created></cp:coreProperties>',
          'docProps/app.xml':
            '<Properties><Application>LibreOffice</Application><Company>The Example</Company></Properties>',
          'word/document.xml': '<w:document><w:ins w:author="Kian"/></w:document>',
          'word/comments.xml': '<w:comments/>',
          'word/media/image1.jpg': tagJpeg(emptyJpeg()),
        },
        packed,
      ),
    );
    expect(found.person).toEqual(expect.arrayContaining(['Nasrin & Omid', 'Kian']));
    expect(found.organisation).toEqual(['The Example']);
    expect(found.software).toContain('LibreOffice');
    expect(found.time).toContain('2026-03-14T15:09:26Z');
    expect(found.place).toContain(telltales.place);
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['changes', 'comments', 'pictures']));
  });

  it('names who made an OpenDocument text', async () => {
    const found = await findIn(
      zipOf({
        mimetype: 'application/vnd.oasis.opendocument.text',
        'META-INF/manifest.xml': '',
        'meta.xml':
          '<office:meta><meta:initial-creator>Omid</meta:initial-creator><meta:generator>LibreOffice/24</meta:generator></office:meta>',
        'content.xml': '<text:p><office:annotation>',
        'Thumbnails/thumbnail.png': onePng(4, 4),
      }),
    );
    expect(found.person).toEqual(['Omid']);
    expect(found.software).toEqual(['LibreOffice/24']);
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['comments', 'thumbnail']));
  });

  it('names the files and the day of an archive, and the places of the pictures in it', async () => {
    const found = await findIn(
      zipOf({ 'list of members.csv': 'a', 'photos/1.jpg': tagJpeg(emptyJpeg()) }),
    );
    expect(found.names).toEqual(['list of members.csv', 'photos/1.jpg']);
    expect(found.time).toContain('2026-03-14');
    expect(found.place).toContain(telltales.place);
  });
});

describe('A look into a film or a recording', () => {
  const note = (text: string): Buffer =>
    Buffer.concat([Buffer.from([0, text.length, 0x15, 0xc7]), latin(text)]);

  it('names place, camera and time of a film, and its track of measurements', async () => {
    const header = Buffer.alloc(20);
    header.writeUInt32BE(2_082_844_800 + 86_400 * 20_000, 4);
    const film = Buffer.concat([
      brands('isom', 'mp42'),
      mediaBox('mdat', Buffer.alloc(64)),
      mediaBox(
        'moov',
        mediaBox('mvhd', header),
        mediaBox('trak', mediaBox('mdia', mediaBox('hdlr', latin('\0\0\0\0\0\0\0\0meta')))),
        mediaBox(
          'udta',
          mediaBox('\u00a9xyz', note('+48.2082+016.3738/')),
          mediaBox('\u00a9mod', note(telltales.camera)),
        ),
      ),
    ]);
    const found = await findIn(film);
    expect(found.place).toEqual(['+48.2082+016.3738/']);
    expect(found.camera).toEqual([telltales.camera]);
    expect(found.time).toEqual(['2024-10-04 00:00']);
    expect(found.sensors).toEqual(['']);
  });

  it('names what an iPhone writes under keys', async () => {
    const key = (name: string): Buffer => mediaBox('mdta', latin(`com.apple.quicktime.${name}`));
    const value = (number: number, text: string): Buffer =>
      mediaBox(
        String.fromCharCode(0, 0, 0, number),
        mediaBox('data', Buffer.alloc(8), latin(text)),
      );
    const meta = mediaBox(
      'meta',
      mediaBox('hdlr', latin('\0\0\0\0\0\0\0\0mdta')),
      mediaBox(
        'keys',
        Buffer.from([0, 0, 0, 0, 0, 0, 0, 2]),
        key('model'),
        key('location.ISO6709'),
      ),
      mediaBox('ilst', value(1, telltales.camera), value(2, '+48.2082+016.3738+180/')),
    );
    const found = await findIn(Buffer.concat([brands('qt  '), mediaBox('moov', meta)]));
    expect(found.camera).toEqual([telltales.camera]);
    expect(found.place).toEqual(['+48.2082+016.3738+180/']);
  });

  it('names what the tags of an MP3 say, before and behind it', async () => {
    const old = Buffer.alloc(128);
    latin('TAG').copy(old);
    latin('Omid').copy(old, 33);
    const found = await findIn(
      Buffer.concat([
        mp3Of({ TPE1: telltales.owner, TYER: '2026', APIC: 'x' }),
        Buffer.alloc(200),
        old,
      ]),
    );
    expect(found.person).toEqual([telltales.owner, 'Omid']);
    expect(found.time).toEqual(['2026']);
    expect(found.pictures).toEqual(['']);
  });
});

describe('What is found', () => {
  it('is told without hidden letters, without end, and only a few of a kind', async () => {
    const found = await findIn(
      zipOf({
        ['\u202egpj.exe\u0007 '.repeat(20)]: '',
        ...Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`file ${index}`, ''])),
      }),
    );
    expect(found.names).toHaveLength(4);
    expect(found.names?.[0]).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect([...(found.names?.[0] ?? '')]).toHaveLength(81);
  });

  it('is that a page holds scripts, whether it calls itself a page or a drawing', async () => {
    for (const text of [
      '<!doctype html><p>',
      ' \n<svg onload="x">',
      '<?xml version="1.0"?><svg/>',
    ]) {
      expect(await findIn(latin(text))).toEqual({ scripts: [''] });
    }
  });
});
