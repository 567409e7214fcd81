import { describe, expect, it } from 'vitest';
import { isProgram, neutralName, pretends, safeName } from '#app/attachments/file-names.ts';

const whole = (name: string): string => {
  const { stem, extension } = safeName(name);
  return stem + extension;
};

describe('The name that a file is saved under', () => {
  it('stays as it is where it is harmless', () => {
    expect(safeName('Charge sheet, page 2.pdf')).toEqual({
      stem: 'Charge sheet, page 2',
      extension: '.pdf',
    });
    expect(whole('لائحة الاتهام.pdf')).toBe('لائحة الاتهام.pdf');
  });

  it('leads out of no folder', () => {
    expect(whole('../../etc/passwd')).toBe('_.._etc_passwd');
    expect(whole('C:\\Windows\\run.bat')).toBe('C_Windows_run.bat');
    expect(whole('.bashrc')).toBe('bashrc');
  });

  it('shows the extension that it has, whatever turns or hides it', () => {
    expect(safeName('photo\u202egpj.exe').extension).toBe('.exe');
    expect(safeName('photo\u202egpj.exe').stem).toBe('photogpj');
    expect(safeName('photo.jpg.exe')).toEqual({ stem: 'photo.jpg', extension: '.exe' });
    expect(safeName('photo.exe\u200b').extension).toBe('.exe');
    expect(safeName('photo.exe. . .').extension).toBe('.exe');
  });

  it('keeps the extension of a name that is far too long', () => {
    const { stem, extension } = safeName(`${'a'.repeat(400)}.pdf`);
    expect(stem).toHaveLength(80);
    expect(extension).toBe('.pdf');
  });

  it('is never empty, nor one that a system keeps for a device', () => {
    expect(whole('')).toBe('file_');
    expect(whole('...')).toBe('file_');
    expect(whole('con.txt')).toBe('file_con.txt');
    expect(whole('LPT1')).toBe('file_LPT1');
  });
});

describe('A file that came', () => {
  it('is called a program when saving it puts something on the device that can run', () => {
    for (const name of ['a.exe', 'a.APK', 'a.html', 'a.svg', 'a.docm']) {
      expect(isProgram(safeName(name)), name).toBe(true);
    }
    for (const name of ['a.pdf', 'a.jpg', 'a', 'exe'])
      expect(isProgram(safeName(name)), name).toBe(false);
  });

  it('pretends when its name promises what its content is not', () => {
    expect(pretends(safeName('photo.jpg'), 'page')).toBe(true);
    expect(pretends(safeName('photo.jpg'), 'unknown')).toBe(true);
    expect(pretends(safeName('photo.jpeg'), 'jpeg')).toBe(false);
    expect(pretends(safeName('letter.docx'), 'zip')).toBe(false);
    expect(pretends(safeName('notes.txt'), 'unknown')).toBe(false);
  });
});

describe('A neutral name', () => {
  it('keeps nothing of the old one but what opens it', () => {
    expect(neutralName('file', 'Nasrin, charge sheet.PDF', 'pdf')).toBe('file.pdf');
    expect(neutralName('picture', '', 'webp')).toBe('picture.webp');
    expect(neutralName('file', 'Nasrin', 'unknown')).toBe('file');
  });
});
