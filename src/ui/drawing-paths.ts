/** A small drawing on a field of 120 by 72: what the amber wash fills, the pen draws and the pen dots. */
interface DrawingPaths {
  readonly wash: string;
  readonly pen: string;
  readonly dots: string;
}

export const drawingPaths = {
  board: {
    wash: 'M20 16h24v18h-24z M76 24h22v22h-22z M48 40h22v18h-22z',
    pen: 'M10 8h100v56h-100z M20 16h24v18h-24z M76 24h22v22h-22z M48 40h22v18h-22z M24 22h16 M24 27h10 M52 46h14 M52 51h9 M80 31h14 M80 36h14 M80 41h8 M32 13v4 M87 21v4 M59 37v4',
    dots: '',
  },
  lock: {
    wash: 'M38 34h44v30h-44z',
    pen: 'M38 34h44v30h-44z M46 34v-8a14 14 0 0 1 27-4 M60 44v9 M82 14l6-6 M86 22l9-2 M76 10l1-7',
    dots: '',
  },
  eyes: {
    wash: 'M42 12h36v50h-36z',
    pen: 'M42 12h36v50h-36z M49 22h22 M49 30h22 M49 38h14 M6 36c7-9 19-9 26 0-7 9-19 9-26 0z M19 39a3 3 0 1 0 0-6 3 3 0 0 0 0 6z M88 36c7-9 19-9 26 0-7 9-19 9-26 0z M101 39a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
    dots: 'M19 36h.1 M101 36h.1',
  },
  stars: {
    wash: 'M52 16.5 54.2 21.9 60.1 22.4 55.6 26.2 57 31.9 52 28.8 47 31.9 48.4 26.2 43.9 22.4 49.8 21.9z M72 16.5 74.2 21.9 80.1 22.4 75.6 26.2 77 31.9 72 28.8 67 31.9 68.4 26.2 63.9 22.4 69.8 21.9z',
    pen: 'M10 10h100v52h-100z M26 30a6 6 0 1 0 0-12 6 6 0 0 0 0 12z M16 46c0-14 20-14 20 0 M52 16.5 54.2 21.9 60.1 22.4 55.6 26.2 57 31.9 52 28.8 47 31.9 48.4 26.2 43.9 22.4 49.8 21.9z M72 16.5 74.2 21.9 80.1 22.4 75.6 26.2 77 31.9 72 28.8 67 31.9 68.4 26.2 63.9 22.4 69.8 21.9z M92 16.5 94.2 21.9 100.1 22.4 95.6 26.2 97 31.9 92 28.8 87 31.9 88.4 26.2 83.9 22.4 89.8 21.9z M44 44h40 M44 53c4-5 6-5 8 0 3-6 6-6 9 0 4-4 7-4 11 0 M92 48l5 5 8-9',
    dots: '',
  },
  relay: {
    wash: 'M46 34h28v24h-28z',
    pen: 'M8 28h18v34h-18z M94 28h18v34h-18z M46 34h28v24h-28z M46 34l14 12 14-12 M30 46h4 M38 46h4 M78 46h4 M86 46h4 M47 16c7-9 19-9 26 0-7 9-19 9-26 0z M60 19a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
    dots: 'M60 16h.1',
  },
  phone: {
    wash: 'M70 10h30v52h-30z',
    pen: 'M70 10h30v52h-30z M82 57h6 M77 22h16 M77 30h16 M77 38h10 M12 18h30v12h-30z M12 34h30v12h-30z M18 24h2 M18 40h2 M27 46v12 M18 58h18 M48 34h14 M57 29l5 5-5 5',
    dots: '',
  },
  key: {
    wash: 'M22 50a12 12 0 1 0 0-24 12 12 0 0 0 0 24z',
    pen: 'M22 50a12 12 0 1 0 0-24 12 12 0 0 0 0 24z M34 38h34 M60 38v8 M67 38v6 M80 16h30v44h-30z M80 26h30 M88 12v8 M102 12v8 M86 34h4 M93 34h4 M100 34h4 M86 42h4 M93 42h4 M100 42h4 M86 50h4 M93 50l8 5 M101 50l-8 5',
    dots: '',
  },
  dice: {
    wash: 'M20 28l22-14 22 14-22 14z M70 34h32v30h-32z',
    pen: 'M20 28l22-14 22 14-22 14z M20 28v22l22 14v-22 M64 28v22l-22 14 M70 34h32v30h-32z',
    dots: 'M42 28h.1 M29 42v.1 M34 54v.1 M50 54v.1 M56 40v.1 M78 42h.1 M94 42h.1 M86 49h.1 M78 56h.1 M94 56h.1',
  },
  door: {
    wash: 'M26 8l26 8v50l-26-4z',
    pen: 'M26 62v-54h38v54 M26 8l26 8v50l-26-4z M46 40v3 M10 62h16 M64 62h46 M74 38h28 M93 29l9 9-9 9',
    dots: '',
  },
} as const satisfies Record<string, DrawingPaths>;

export type DrawingName = keyof typeof drawingPaths;
