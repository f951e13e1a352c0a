/** What the pages take from the browser; tests give another of it. */

import {
  type CameraWish,
  type OpenedCamera,
  openCamera,
  pageEnvironment,
} from '../../sdk/src/browser.js';
import { collectDevice, type DeviceFacts, type DeviceOptions } from '../../sdk/src/device.js';
import type { Environment } from '../../sdk/src/environment.js';

/** Camera and environment of a recording. */
export interface Platform {
  openCamera(video: HTMLVideoElement, wish: CameraWish): Promise<OpenedCamera>;
  environment(host: HTMLElement, video: HTMLVideoElement, camera: OpenedCamera): Environment;
  collectDevice(options: DeviceOptions): Promise<DeviceFacts>;
}

/** A real page. */
export const page: Platform = {
  openCamera,
  collectDevice: (options) => collectDevice(options),
  environment: (host, video, camera) => pageEnvironment(host, video, camera),
};
