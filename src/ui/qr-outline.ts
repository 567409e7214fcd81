import { encodeQR } from 'qr';

/** Modules of white that a reader needs on each side (ISO/IEC 18004). */
const quietZone = 4;

/** A QR code as the outline of its dark modules. */
interface QrOutline {
  /** Modules on a side, with the quiet zone around it. */
  readonly size: number;
  /** Path data for an SVG in units of modules. */
  readonly path: string;
}

/** Draws a text as a QR code that survives a scratched screen (15 % may be lost). */
export function outlineQr(text: string): QrOutline {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone });
  const runs = rows.flatMap((row, y) =>
    [
      ...row
        .map((dark) => (dark ? '1' : '0'))
        .join('')
        .matchAll(/1+/g),
    ].map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`),
  );
  return { size: rows.length, path: runs.join('') };
}
