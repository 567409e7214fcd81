/** Outlines for Icon that only conversations need, on the same 24 by 24 field. */
export const conversationOutlines = {
  more: 'M5 12h.01 M12 12h.01 M19 12h.01',
  verified:
    'M12 3l7.5 2.8v5.4c0 4.4-3 7.6-7.5 9.8-4.5-2.2-7.5-5.4-7.5-9.8V5.8z M8.5 11.8l2.6 2.7 4.6-5',
  muted:
    'M4 4l16 16 M6.5 16.5h10 M8 9.2v3.3l-1.5 4 M9.3 6.4a4 4 0 0 1 6.7 3.1v3.2l.6 1.6 M10.3 19.2a2 2 0 0 0 3.4 0',
  blocked: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z M6 6l12 12',
  remove: 'M4.5 7h15 M9.5 7V4.5h5V7 M6.5 7l.9 12.5h9.2L17.5 7 M10.3 10.5v5.5 M13.7 10.5v5.5',
  camera: 'M4 8h3.5l1.5-2.5h6L16.5 8H20v11H4z M12 16.5a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6z',
} as const;
