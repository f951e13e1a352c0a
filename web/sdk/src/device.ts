/**
 * Facts of the device, by the closed list of the server (`docs/risk.md`). Nothing is
 * looked at before the person has agreed, nothing that is not in the list, and nothing
 * is drawn, played or measured to tell one device from another.
 */

import { Trouble } from './trouble.js';

/** What a fact is taken for: to tell fraud, or to find out why a capture failed. */
export type FactPurpose = 'fraud' | 'capture';

/** The value of a fact. */
export type FactValue = string | number | boolean;

/** Facts by group and name, as `POST /v1/risk/device` and a verification take them. */
export type DeviceFacts = Record<string, Record<string, FactValue>>;

/** What the application around the page says of itself. */
export interface HostApplication {
  name?: string;
  version?: string;
  /** When it was installed, in milliseconds since 1970. */
  installedAt?: number;
}

/** How facts are taken. */
export interface DeviceOptions {
  /** Whether the person has agreed. */
  consent: 'given' | 'wanted';
  /** Only facts that are taken for one of these; both, if nothing is said. */
  purposes?: readonly FactPurpose[];
  /** The camera that is used, for its label. */
  camera?: MediaStream;
  /** The id that your own cookie has given this browser; none is made up. */
  cookieId?: string;
  /** What your application says of itself. */
  host?: HostApplication;
}

/** What browsers have and the type library does not. */
interface Hints {
  brands?: { brand: string; version: string }[];
  mobile?: boolean;
  platform?: string;
  getHighEntropyValues?(names: string[]): Promise<Record<string, unknown>>;
}
interface Battery {
  level: number;
  charging: boolean;
}
type Browser = Navigator & {
  userAgentData?: Hints;
  deviceMemory?: number;
  connection?: { type?: string };
  getBattery?(): Promise<Battery>;
};

/** From where facts are taken; tests give another of it. */
export type Page = Pick<Window, 'screen' | 'innerWidth' | 'innerHeight' | 'devicePixelRatio' | 'document'> & {
  navigator: Navigator;
};

/** Everything that a fact may be taken from. */
interface From {
  page: Page;
  browser: Browser;
  options: DeviceOptions;
}

type Read = (from: From) => FactValue | undefined | Promise<FactValue | undefined>;

/** A fact that a page can take. */
export interface DeviceFact {
  readonly group: string;
  readonly name: string;
  readonly purpose: FactPurpose;
  readonly read: Read;
}

const hint =
  (name: string): Read =>
  async ({ browser }) => {
    const told = await browser.userAgentData?.getHighEntropyValues?.([name]);
    const value = told?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };

/** Kinds of networks that the server and browsers both name. */
const NETWORKS = ['wifi', 'cellular', 'ethernet', 'none', 'unknown'];

const permission =
  (name: string): Read =>
  async ({ browser }) => {
    const status = await browser.permissions?.query({ name: name as PermissionName });
    return status?.state === 'prompt' ? 'not_asked' : status?.state;
  };

/** The renderer as WebGL names it: nothing is drawn. */
function renderer({ page }: From): string | undefined {
  const context = page.document.createElement('canvas').getContext('webgl');
  const names = context?.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = context && names ? context.getParameter(names.UNMASKED_RENDERER_WEBGL) : undefined;
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof name === 'string' ? name : undefined;
}

const fact = (group: string, name: string, purpose: FactPurpose, read: Read): DeviceFact => ({
  group,
  name,
  purpose,
  read,
});

/** Every fact that a page can take, of the server's list: no other is looked at. */
export const DEVICE_FACTS: readonly DeviceFact[] = [
  fact('device', 'model', 'capture', hint('model')),
  fact('device', 'os', 'capture', ({ browser }) => browser.userAgentData?.platform),
  fact('device', 'os_version', 'capture', hint('platformVersion')),
  fact('device', 'cpu', 'capture', hint('architecture')),
  fact('device', 'cpu_cores', 'capture', ({ browser }) => browser.hardwareConcurrency),
  fact('device', 'memory_bytes', 'capture', ({ browser }) => browser.deviceMemory && browser.deviceMemory * 2 ** 30),
  fact('device', 'screen_width', 'capture', ({ page }) => page.screen.width),
  fact('device', 'screen_height', 'capture', ({ page }) => page.screen.height),
  fact('device', 'language', 'capture', ({ browser }) => browser.language),
  fact('device', 'time_zone', 'fraud', () => Intl.DateTimeFormat().resolvedOptions().timeZone),
  fact('device', 'battery_level', 'fraud', async ({ browser }) => {
    const battery = await browser.getBattery?.();
    return battery && Math.round(battery.level * 100);
  }),
  fact('device', 'charging', 'fraud', async ({ browser }) => (await browser.getBattery?.())?.charging),
  fact('device', 'cookie_id', 'fraud', ({ options }) => options.cookieId),
  fact('browser', 'user_agent', 'fraud', ({ browser }) => browser.userAgent),
  fact('browser', 'hint_brands', 'fraud', ({ browser }) =>
    browser.userAgentData?.brands?.map(({ brand, version }) => `"${brand}";v="${version}"`).join(', '),
  ),
  fact('browser', 'hint_platform', 'fraud', ({ browser }) => browser.userAgentData?.platform),
  fact('browser', 'hint_mobile', 'fraud', ({ browser }) => browser.userAgentData?.mobile),
  fact('browser', 'webdriver', 'fraud', ({ browser }) => browser.webdriver),
  fact('browser', 'languages', 'fraud', ({ browser }) => browser.languages.join(',')),
  fact('browser', 'touch_points', 'fraud', ({ browser }) => browser.maxTouchPoints),
  fact('browser', 'pixel_ratio', 'fraud', ({ page }) => page.devicePixelRatio),
  fact('browser', 'window_width', 'fraud', ({ page }) => page.innerWidth),
  fact('browser', 'window_height', 'fraud', ({ page }) => page.innerHeight),
  fact('browser', 'gpu', 'fraud', renderer),
  fact('browser', 'camera', 'fraud', ({ options }) => options.camera?.getVideoTracks()[0]?.label),
  fact('network', 'type', 'capture', ({ browser }) => {
    const type = browser.connection?.type;
    return type === undefined || NETWORKS.includes(type) ? type : 'unknown';
  }),
  fact('host_application', 'name', 'fraud', ({ options }) => options.host?.name),
  fact('host_application', 'version', 'capture', ({ options }) => options.host?.version),
  fact('host_application', 'installed_at', 'fraud', ({ options }) => options.host?.installedAt),
  fact('permissions', 'camera', 'capture', permission('camera')),
  fact('permissions', 'microphone', 'capture', permission('microphone')),
  fact('permissions', 'location', 'fraud', permission('geolocation')),
  fact('permissions', 'storage', 'capture', permission('persistent-storage')),
  fact('permissions', 'notifications', 'capture', permission('notifications')),
];

/** Longer texts are none of a device, in UTF-8 bytes. */
const LONGEST = 512;

/** Whether the server would take it for a fact. */
function whole(value: unknown): value is FactValue {
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value).length;
    return value !== '' && bytes <= LONGEST && !/\p{Cc}/u.test(value);
  }
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

/**
 * Takes the facts of the list that this browser tells; what it does not tell is absent.
 * Fails with `consent_wanted` before anything is looked at, unless the person has agreed.
 */
export async function collectDevice(options: DeviceOptions, page: Page = window): Promise<DeviceFacts> {
  if (options.consent !== 'given') throw new Trouble('consent_wanted');
  const purposes = options.purposes ?? ['fraud', 'capture'];
  const from: From = { page, browser: page.navigator, options };
  const facts: DeviceFacts = {};
  for (const { group, name, purpose, read } of DEVICE_FACTS) {
    if (!purposes.includes(purpose)) continue;
    let value: FactValue | undefined;
    try {
      value = await read(from);
    } catch {
      // A browser that does not tell.
      continue;
    }
    if (whole(value)) (facts[group] ??= {})[name] = value;
  }
  return facts;
}
