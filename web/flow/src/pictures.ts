/** Pictures on their way from a camera or a file to the server. */

/** Longer sides than this tell nothing more. */
const LONGEST = 2400;
const QUALITY = 0.9;
/** Files that are small enough are sent as they are. */
const SMALL = 1_500_000;
/** What the server reads. */
export const ACCEPTED = 'image/jpeg,image/png,image/webp';

/** What the video shows now, in full. */
export async function snapshot(video: HTMLVideoElement): Promise<Blob | undefined> {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width || !height) return undefined;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  canvas.getContext('2d', { alpha: false })?.drawImage(video, 0, 0);
  return jpeg(canvas);
}

/** A file that a person chose, made smaller if that saves a slow line much. */
export async function prepared(file: Blob): Promise<Blob> {
  if (file.size <= SMALL) return file;
  try {
    const image = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
    const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.getContext('2d', { alpha: false })?.drawImage(image, 0, 0, width, height);
    image.close();
    const smaller = await jpeg(canvas);
    return smaller && smaller.size < file.size ? smaller : file;
  } catch {
    // What the browser cannot read, the server may; else it says so.
    return file;
  }
}

function jpeg(canvas: HTMLCanvasElement): Promise<Blob | undefined> {
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', QUALITY);
  });
}
