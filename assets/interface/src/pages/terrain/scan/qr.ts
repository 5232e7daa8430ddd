//! Reading QR codes: by the browser where it can, else by a decoder that is loaded only then.

type Detector = { detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]> };
declare global {
  // Chrome on Android has it, the desktop and other browsers do not.
  var BarcodeDetector: { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> } | undefined;
}

export type Reader = (source: HTMLVideoElement | ImageBitmap) => Promise<string | null>;

/** The longer side of the picture that is searched: enough for a label at arm's length, quick on a phone. */
const SIDE = 800;

export async function reader(): Promise<Reader> {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats().catch((): string[] => []);
  if (globalThis.BarcodeDetector && formats?.includes('qr_code')) {
    const detector = new globalThis.BarcodeDetector({ formats: ['qr_code'] });
    return async (source) => (await detector.detect(source).catch(() => []))[0]?.rawValue ?? null;
  }
  const { default: decode } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return async (source) => {
    const [width, height] = source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
    if (!width || !height) return null;
    const scale = Math.min(1, SIDE / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    try {
      return decode(context.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return null; // no code in this picture
    }
  };
}

/** What a label leads to its machine by: ours hold an address with an identifier, older ones with a code, others the code itself. */
export function codeOf(text: string): string | null {
  const said = text.trim();
  const [, code] = /^https?:\/\/[^/]+\/(?:.*\/)?e\/([^/?#]+)\/?(?:[?#].*)?$/i.exec(said) ?? [];
  if (code) {
    try {
      return decodeURIComponent(code);
    } catch {
      return null;
    }
  }
  return said && said.length <= 100 && !/^\w+:\/\//.test(said) ? said : null;
}
