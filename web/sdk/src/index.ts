/**
 * Capture for reflective liveness: the screen shows colours that the server
 * reveals one by one, the camera records the face that they light, and the
 * recording is bound to its challenge and sent while it is made.
 *
 * `attempt` does all of it in an `Environment`; `openCamera` and
 * `pageEnvironment` give the one of a real page.
 */

export { attempt, type AttemptOptions, type Stage, VERSION } from './attempt.js';
export {
  type CameraWish,
  draw,
  encode,
  fetchLine,
  openCamera,
  type OpenedCamera,
  pageClock,
  pageDisplay,
  pageEnvironment,
  pageSurroundings,
} from './browser.js';
export {
  type Advice,
  type Challenge,
  type Face,
  type Judgement,
  type Method,
  type Position,
  type Revealed,
  SHORTEST_FLASH_MS,
  type Step,
} from './challenge.js';
export {
  collectDevice,
  DEVICE_FACTS,
  type DeviceFact,
  type DeviceFacts,
  type DeviceOptions,
  type FactPurpose,
  type FactValue,
  type HostApplication,
} from './device.js';
export type {
  Answer,
  Camera,
  CameraFrame,
  Clock,
  Display,
  Environment,
  FrameWishes,
  Line,
  Surroundings,
} from './environment.js';
export { guide, type Guided, type GuideOptions } from './guide.js';
export {
  type CameraFacts,
  CLIENT_EVENTS,
  type ClientEvent,
  type FrameClock,
  type Gesture,
  type Look,
  type Manifest,
  manifestText,
  type Shown,
} from './manifest.js';
export { importKey, writePart, type WrittenPart } from './part.js';
export { record, type RecordOptions } from './recorder.js';
export { Trouble, type TroubleCode } from './trouble.js';
