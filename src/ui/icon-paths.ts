/** Outlines on a 24 by 24 field, drawn with a round pen; they mirror only where `mirrored` says. */
export const iconPaths = {
  board: 'M5 4h14v16H5z M9 4v16 M12 8.5h4 M12 12h4',
  new: 'M4.5 19.5l1-4L16 5l3 3L8.5 18.5z M14 7l3 3',
  messages: 'M4 5.5h16v11H11l-4.5 3.5v-3.5H4z M8 9.5h8 M8 12.5h5',
  network:
    'M12 19.5h.01 M8.5 15.5a5 5 0 0 1 7 0 M5.5 12a9.5 9.5 0 0 1 13 0 M2.5 8.5a14 14 0 0 1 19 0',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20a7.5 7.5 0 0 1 15 0',
  leave: 'M13 4.5H5v15h8 M10.5 12H21 M17.5 8.5L21 12l-3.5 3.5',
  lock: 'M6 11h12v9H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3 M12 14.5v2',
  look: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z M3.5 9.5h17 M3.5 14.5h17 M12 3c-5 5.5-5 12.5 0 18 M12 3c5 5.5 5 12.5 0 18',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z M15.5 15.5L20.5 20.5',
  filter: 'M4 6.5h16 M7 12h10 M10 17.5h4',
  saved: 'M7 4h10v16l-5-4-5 4z',
  share: 'M12 15V4 M8 7.5L12 3.5l4 4 M6 11.5H5v8.5h14v-8.5h-1',
  back: 'M20 12H4 M10 6l-6 6 6 6',
  urgent: 'M12 3.5L21.5 20h-19z M12 10v4.5 M12 17.2v.1',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z M12 7.5V12l3 2',
  waiting:
    'M7 3.5h10 M7 20.5h10 M8 3.5c0 5 3 6 4 8.5-1 2.5-4 3.5-4 8.5 M16 3.5c0 5-3 6-4 8.5 1 2.5 4 3.5 4 8.5',
  sent: 'M5 12.5l4.5 4.5L19 7.5',
  delivered: 'M2.5 12.5L7 17l9.5-9.5 M11.5 16.5l.5.5 9.5-9.5',
  warning: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z M12 7.5v5.5 M12 16.3v.1',
  close: 'M6 6l12 12 M18 6L6 18',
  flower:
    'M12 13V21 M12 13c-4.5 0-5-4.5-2.5-5.5C9 4 15 4 14.5 7.5 17 8.5 16.5 13 12 13z M12 18c-3 0-4.5-1.5-5-3.5 M12 19.5c3 0 4.5-1.5 5-3.5',
} as const;

export type IconName = keyof typeof iconPaths;

/** Icons that point along the line of writing. */
export const mirrored: ReadonlySet<IconName> = new Set(['leave', 'back']);
