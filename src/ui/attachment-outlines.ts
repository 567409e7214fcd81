/** Outlines of what has to do with files, on a 24 by 24 field. */
export const attachmentOutlines = {
  clip: 'M8 12.5l6-6a3 3 0 0 1 4.2 4.2l-7.5 7.5a5 5 0 0 1-7-7l7-7',
  picture: 'M4 5h16v14H4z M4 16l4.5-4.5 4 4 3-3L20 16 M15.5 9.5h.01',
  file: 'M6 3.5h8l4.5 4.5v12.5H6z M14 3.5V8h4.5',
} as const;
