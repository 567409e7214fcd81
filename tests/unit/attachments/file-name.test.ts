import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanFileName, cleanMediaType } from '#core/attachments/file-name.ts';

test('a name keeps its words and loses folders, line ends and what hides its real extension', () => {
  expect(cleanFileName('photo of the door.jpg')).toBe('photo of the door.jpg');
  expect(cleanFileName('../../etc/passwd')).toBe('__.._etc_passwd');
  expect(cleanFileName('C:\\temp\\a.png')).toBe('C__temp_a.png');
  expect(cleanFileName('invoice\u202Egpj.exe')).toBe('invoicegpj.exe');
  expect(cleanFileName('.htaccess')).toBe('_htaccess');
  expect(cleanFileName('\u0000\n')).toBe('file');
  expect(cleanFileName('')).toBe('file');
  expect(cleanFileName('صورة.jpg')).toBe('صورة.jpg');
});

test('a long name is shortened before its extension', () => {
  const name = cleanFileName(`${'ß'.repeat(300)}.jpeg`);
  expect(Array.from(name)).toHaveLength(100);
  expect(name.endsWith('ß.jpeg')).toBe(true);
});

test('whatever comes, a name is 1 to 100 characters without separators or controls', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const name = cleanFileName(text);
      expect(Array.from(name).length).toBeGreaterThan(0);
      expect(Array.from(name).length).toBeLessThanOrEqual(100);
      for (const hidden of ['/', '\\', '\n', '\u0000', '\u202E'])
        expect(name).not.toContain(hidden);
      expect(name.startsWith('.')).toBe(false);
    }),
  );
});

test('a media type is its bare form or octet-stream', () => {
  expect(cleanMediaType('image/jpeg')).toBe('image/jpeg');
  expect(cleanMediaType('Text/HTML; charset=utf-8')).toBe('text/html');
  for (const odd of ['', 'image', 'a/b/c', 'text/html\nx: y', '<svg/onload>']) {
    expect(cleanMediaType(odd)).toBe('application/octet-stream');
  }
});
