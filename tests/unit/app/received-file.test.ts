import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessageId } from '#core/types/ids.ts';
import { emptyJpeg, onePng } from '#tests/support/sample-files.ts';

const device = { name: '', mediaType: '', bytes: new Uint8Array(), code: null as string | null };

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    readAttachment: () =>
      device.code === null
        ? Promise.resolve({ ok: true, value: { ...device } })
        : Promise.resolve({ ok: false, error: { code: device.code } }),
  },
  onEngineEvent: () => () => undefined,
}));

const decoded: Blob[] = [];
const closed: string[] = [];
vi.stubGlobal('createImageBitmap', (blob: Blob) => {
  decoded.push(blob);
  return Promise.resolve({ width: 8, height: 8, close: () => closed.push('picture') });
});

interface SavedLink {
  href: string;
  download: string;
  click: () => void;
}
const saved: { readonly name: string; readonly blob: Blob }[] = [];
let given: Blob | undefined;
vi.stubGlobal('document', {
  createElement: (): SavedLink => {
    const link: SavedLink = { href: '', download: '', click: () => undefined };
    link.click = () => {
      if (given !== undefined) saved.push({ name: link.download, blob: given });
    };
    return link;
  },
});
vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
  given = blob as Blob;
  return 'blob:test';
});

const { ReceivedFile } = await import('#app/attachments/received-file.svelte.ts');

async function openFile(name: string, mediaType: string, bytes: Uint8Array) {
  Object.assign(device, { name, mediaType, bytes: new Uint8Array(bytes), code: null });
  const file = new ReceivedFile('message' as MessageId);
  await file.open();
  return file;
}

beforeEach(() => {
  decoded.length = closed.length = saved.length = 0;
  given = undefined;
});

describe('A file that came', () => {
  it('is decoded as what it is, whatever its sender calls it', async () => {
    const file = await openFile('notes.txt', 'text/html', onePng(8, 8));
    expect(file.opened?.picture).not.toBeNull();
    expect(decoded.map(({ type }) => type)).toEqual(['image/png']);
    expect(file.opened?.pretends).toBe(false);
  });

  it.each([
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['a drawing behind a declaration', '\ufeff<?xml version="1.0"?><svg/>'],
  ])('is never decoded nor shown when it is %s that calls itself a picture', async (_, text) => {
    const file = await openFile('photo.jpg', 'image/jpeg', Buffer.from(text));
    expect(file.opened).toMatchObject({ picture: null, program: true, pretends: true });
    expect(decoded).toEqual([]);
  });

  it('is not decoded when it unpacks to more than an old phone can hold', async () => {
    const bomb = onePng(60_000, 1);
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(20, 60_000);
    const file = await openFile('small.png', 'image/png', bomb);
    expect(file.opened).toMatchObject({ picture: null, trouble: 'too-many-pixels' });
    expect(decoded).toEqual([]);
  });

  it('is saved as bytes without a type, under a name that hides nothing', async () => {
    const file = await openFile('../ph\u202eoto.html', 'text/html', Buffer.from('<html>'));
    file.save();
    expect(saved.map(({ name, blob }) => [name, blob.type])).toEqual([
      ['_photo.html', 'application/octet-stream'],
    ]);
    expect(await saved[0]?.blob.text()).toBe('<html>');
  });

  it('leaves nothing in memory once it is closed', async () => {
    const file = await openFile('a.jpg', 'image/jpeg', emptyJpeg());
    file.close();
    expect(file.opened).toBeNull();
    expect(closed).toEqual(['picture']);
    file.save();
    expect(saved).toEqual([]);
  });

  it('says why it cannot be opened', async () => {
    device.code = 'file-damaged';
    const file = new ReceivedFile('message' as MessageId);
    await file.open();
    expect(file.error).toBe('file-damaged');
    expect(file.opened).toBeNull();
  });
});
