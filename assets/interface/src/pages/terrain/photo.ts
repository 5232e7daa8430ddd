//! Photos as they are sent: small enough for a poor link, large enough to read a name plate on.

const LARGE = 2 * 1024 * 1024;
const SIDE = 2560;

/** Width and height so that the longer side is at most `side`. */
export function within(width: number, height: number, side = SIDE): [number, number] {
  const scale = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** Re-encodes what is large as JPEG; what a browser cannot draw goes as it is, for the server to judge. */
export async function prepared(file: File): Promise<{ blob: Blob; name: string }> {
  const asIs = { blob: file, name: file.name || 'photo.jpg' };
  if (file.size <= LARGE) return asIs;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const [width, height] = within(picture.width, picture.height);
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    canvas.getContext('2d')!.drawImage(picture, 0, 0, width, height);
    picture.close();
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85));
    if (!blob || blob.size >= file.size) return asIs;
    return { blob, name: `${asIs.name.replace(/\.\w+$/, '')}.jpg` };
  } catch {
    return asIs;
  }
}
