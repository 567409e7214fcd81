import { cleanText } from '../records/text.ts';

const maxCharacters = 100;
// What a file system or a shell could take for more than a name.
const structural = /[\\/:*?"<>|\n]/g;
const mediaTypeForm = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;

/** A file's name without folders, hidden or reordering characters; its extension survives shortening. */
export function cleanFileName(name: string): string {
  const clean = cleanText(name).replace(structural, '_').replace(/^\.+/, '_');
  const characters = Array.from(clean);
  if (characters.length <= maxCharacters) return clean === '' ? 'file' : clean;
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(clean)?.[0] ?? '';
  return characters.slice(0, maxCharacters - extension.length).join('') + extension;
}

/** A media type without parameters, or `application/octet-stream` for anything else. */
export function cleanMediaType(mediaType: string): string {
  const type = mediaType.toLowerCase().split(';')[0]?.trim() ?? '';
  return mediaTypeForm.test(type) ? type : 'application/octet-stream';
}
