/** What the pages take from the browser; tests give another of it. */

import {
  type CameraWish,
  type OpenedCamera,
  openCamera,
  pageEnvironment,
} from '../../sdk/src/browser.js';
import type { Environment } from '../../sdk/src/environment.js';

/** Camera and environment of a recording. */
export interface Platform {
  openCamera(video: HTMLVideoElement, wish: CameraWish): Promise<OpenedCamera>;
  environment(host: HTMLElement, video: HTMLVideoElement, camera: OpenedCamera): Environment;
}

/** A real page. */
export const page: Platform = {
  openCamera,
  environment: (host, video, camera) => pageEnvironment(host, video, camera),
};
