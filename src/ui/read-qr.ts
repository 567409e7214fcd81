/** Longest side of what is looked at, in pixels: enough for a code that fills a third of it. */
const longestSide = 1_024;

interface NativeReader {
  detect(source: CanvasImageSource): Promise<readonly { readonly rawValue: string }[]>;
}

interface NativeReaderType {
  new (options: { readonly formats: readonly string[] }): NativeReader;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Reads the QR codes of pictures and of what a camera shows, by the browser where it can. */
export class QrReader {
  #native: Promise<NativeReader | null> | undefined;
  readonly #canvas = document.createElement('canvas');

  /** The text of a code in the picture, or null when none can be read. */
  async read(source: HTMLVideoElement | ImageBitmap): Promise<string | null> {
    const width = 'videoWidth' in source ? source.videoWidth : source.width;
    const height = 'videoHeight' in source ? source.videoHeight : source.height;
    if (width === 0 || height === 0) return null;
    this.#native ??= findNative();
    const native = await this.#native;
    const found = await native?.detect(source).catch(() => []);
    return found?.[0]?.rawValue ?? this.#readPixels(source, width, height);
  }

  async #readPixels(source: CanvasImageSource, width: number, height: number) {
    const { decodeQR } = await import('qr/decode.js');
    const scale = Math.min(1, longestSide / Math.max(width, height));
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    const pen = this.#canvas.getContext('2d', { willReadFrequently: true });
    if (pen === null) return null;
    pen.drawImage(source, 0, 0, this.#canvas.width, this.#canvas.height);
    const pixels = pen.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
    try {
      return decodeQR(pixels);
    } catch {
      return null;
    }
  }
}

async function findNative(): Promise<NativeReader | null> {
  const { BarcodeDetector: Native } = globalThis as { BarcodeDetector?: NativeReaderType };
  const formats = await Native?.getSupportedFormats().catch((): readonly string[] => []);
  return Native !== undefined && formats?.includes('qr_code') === true
    ? new Native({ formats: ['qr_code'] })
    : null;
}
