import { crc32, deflateRawSync, deflateSync } from 'node:zlib';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

/** What the sample files say of those who made them; every value is made up. */
export const telltales = {
  camera: 'Fairphone 4711',
  owner: 'Nasrin Example',
  serial: 'SN-88120-Q',
  taken: '2026:03:14 15:09:26',
  place: '48.2082, 16.3738',
  city: 'Vienna-Ottakring',
  comment: 'for the Thursday group',
} as const;

type Tag = readonly [tag: number, type: number, count: number, value: Buffer];

const ascii = (tag: number, text: string): Tag => [tag, 2, text.length + 1, latin(`${text}\0`)];
const long = (tag: number, value: number): Tag => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return [tag, 4, 1, bytes];
};
const short = (tag: number, value: number): Tag => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(value);
  return [tag, 3, 1, bytes];
};
const rationals = (tag: number, values: readonly (readonly [number, number])[]): Tag => {
  const bytes = Buffer.alloc(values.length * 8);
  values.flat().forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return [tag, 5, values.length, bytes];
};

/** One directory of a big-endian TIFF at a place, with its values behind it. */
function directory(tags: readonly Tag[], at: number, next = 0): Buffer {
  const head = Buffer.alloc(2 + tags.length * 12 + 4);
  head.writeUInt16BE(tags.length);
  head.writeUInt32BE(next, head.length - 4);
  const values: Buffer[] = [];
  let valueAt = at + head.length;
  tags.forEach(([tag, type, count, value], index) => {
    const entry = 2 + index * 12;
    head.writeUInt16BE(tag, entry);
    head.writeUInt16BE(type, entry + 2);
    head.writeUInt32BE(count, entry + 4);
    if (value.length <= 4) return void value.copy(head, entry + 8);
    head.writeUInt32BE(valueAt, entry + 8);
    values.push(value);
    valueAt += value.length;
  });
  return Buffer.concat([head, ...values]);
}

/** A TIFF structure as a phone writes it into Exif: place, camera, owner, time, and a small copy. */
export function exifTiff(orientation = 1, [north, east] = ['N', 'E']): Buffer {
  const exif = [
    ascii(0x9003, telltales.taken),
    ascii(0xa430, telltales.owner),
    ascii(0xa431, telltales.serial),
  ];
  const gps = [
    ascii(1, north),
    rationals(2, [
      [48, 1],
      [12, 1],
      [2952, 100],
    ]),
    ascii(3, east),
    rationals(4, [
      [16, 1],
      [22, 1],
      [2568, 100],
    ]),
  ];
  const gpsAt = 1_000;
  const exifAt = 2_000;
  const smallAt = 3_000;
  const main = directory(
    [
      ascii(0x010f, 'Example'),
      ascii(0x0110, telltales.camera),
      short(0x0112, orientation),
      long(0x8769, exifAt),
      long(0x8825, gpsAt),
    ],
    8,
    smallAt,
  );
  const tiff = Buffer.alloc(3_200);
  latin('MM\0*').copy(tiff);
  tiff.writeUInt32BE(8, 4);
  main.copy(tiff, 8);
  directory(gps, gpsAt).copy(tiff, gpsAt);
  directory(exif, exifAt).copy(tiff, exifAt);
  directory([long(0x0201, 3_100), long(0x0202, 64)], smallAt).copy(tiff, smallAt);
  return tiff;
}

export const xmpPacket =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description xmp:CreatorTool="Darkroom 9">' +
  `<dc:creator><rdf:Seq><rdf:li>${telltales.owner}</rdf:li></rdf:Seq></dc:creator>` +
  `<photoshop:City>${telltales.city}</photoshop:City></rdf:Description></rdf:RDF></x:xmpmeta>`;

function jpegSegment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

function captions(): Buffer {
  const set = (number: number, text: string): Buffer =>
    Buffer.concat([Buffer.from([0x1c, 2, number, 0, text.length]), latin(text)]);
  return Buffer.concat([
    latin('Photoshop 3.0\u00008BIM\u0004\u0004\0\0\0\0\0\u0040'),
    set(90, telltales.city),
    set(80, telltales.owner),
  ]);
}

/** A JPEG picture with all that a phone and a few programs leave in one, and a film behind its end. */
export function tagJpeg(picture: Uint8Array, orientation = 1): Buffer {
  return Buffer.concat([
    picture.subarray(0, 2),
    jpegSegment(0xe1, Buffer.concat([latin('Exif\0\0'), exifTiff(orientation)])),
    jpegSegment(0xe1, latin(`http://ns.adobe.com/xap/1.0/\0${xmpPacket}`)),
    jpegSegment(0xed, captions()),
    jpegSegment(0xe2, latin('MPF\0II*\0')),
    jpegSegment(0xfe, latin(telltales.comment)),
    picture.subarray(2),
    latin('\0\0\0\u0018ftypmp42 with the voices in the room'),
  ]);
}

/** The segments of a JPEG without a picture that could be drawn. */
export function emptyJpeg(width = 64, height = 48): Buffer {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xe0, latin('JFIF\0\u0001\u0001\0\0\u0001\0\u0001\0\0')),
    jpegSegment(0xc0, frame),
    jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 0x3f, 0])),
    Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]),
  ]);
}

export function pngChunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(content.length);
  const body = Buffer.concat([latin(type), content]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, sum]);
}

/** A PNG of one colour that unpacks to as many pixels as it says, with more chunks if given. */
export function onePng(width: number, height: number, chunks: readonly Buffer[] = []): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  const parts = [
    pngChunk('IHDR', header),
    ...chunks,
    pngChunk('IDAT', rows),
    pngChunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([latin('\u0089PNG\r\n\u001a\n'), ...parts]);
}

export function webpWith(
  chunks: readonly (readonly [string, Buffer])[],
  width = 64,
  height = 48,
): Buffer {
  const canvas = Buffer.alloc(10);
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  const parts = ([['VP8X', canvas], ...chunks] as const).map(([name, content]) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(content.length);
    return Buffer.concat([latin(name), size, content, Buffer.alloc(content.length % 2)]);
  });
  const body = Buffer.concat([latin('WEBP'), ...parts]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([latin('RIFF'), size, body]);
}

export function mediaBox(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  latin(type).copy(head, 4);
  return Buffer.concat([head, body]);
}

export const brands = (major: string, ...others: readonly string[]): Buffer =>
  mediaBox('ftyp', latin(`${major}\0\0\0\0${others.join('')}`));

/** A ZIP file of these entries, packed if asked. */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>, packed = true): Buffer {
  const locals: Buffer[] = [];
  const directoryParts: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const plain = Buffer.from(content);
    const data = packed ? deflateRawSync(plain) : plain;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20);
    common.writeUInt16LE(packed ? 8 : 0, 4);
    common.writeUInt16LE(((2026 - 1_980) << 9) | (3 << 5) | 14, 8);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([latin('PK\u0003\u0004'), common, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directoryParts.push(
      Buffer.concat([
        latin('PK\u0001\u0002'),
        Buffer.from([20, 0]),
        common,
        tail,
        Buffer.from(name),
      ]),
    );
    locals.push(local);
    at += local.length;
  }
  const directoryBytes = Buffer.concat(directoryParts);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(locals.length, 4);
  end.writeUInt16LE(locals.length, 6);
  end.writeUInt32LE(directoryBytes.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, directoryBytes, latin('PK\u0005\u0006'), end]);
}

/** A PDF file with an information dictionary, in the plain or in a packed object stream. */
export function pdfOf(information: string, { packed = false, saves = 1 } = {}): Buffer {
  const objects = packed
    ? (() => {
        const part = deflateSync(latin(`1 0 <<${information}>>`));
        return Buffer.concat([
          latin(
            `2 0 obj <</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length ${part.length}>> stream\n`,
          ),
          part,
          latin('\nendstream endobj\n'),
        ]);
      })()
    : latin(`1 0 obj <<${information}>> endobj\n`);
  const trailer = latin('trailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n'.repeat(saves));
  return Buffer.concat([latin('%PDF-1.7\n'), objects, trailer]);
}

/** An ID3v2.3 tag before a frame of MP3. */
export function mp3Of(frames: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(frames).map(([name, text]) => {
    const head = Buffer.alloc(10);
    latin(name).copy(head);
    head.writeUInt32BE(text.length + 1, 4);
    return Buffer.concat([head, Buffer.from([0]), latin(text)]);
  });
  const body = Buffer.concat(parts);
  const size = [21, 14, 7, 0].map((shift) => (body.length >> shift) & 0x7f);
  return Buffer.concat([
    latin('ID3'),
    Buffer.from([3, 0, 0, ...size]),
    body,
    Buffer.from([0xff, 0xfb, 0x90, 0]),
  ]);
}
