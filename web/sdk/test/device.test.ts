import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectDevice, DEVICE_FACTS, type DeviceOptions, type Page } from '../src/device.js';
import { Trouble } from '../src/trouble.js';
import document from '../../../docs/openapi.json' with { type: 'json' };

/** What of the server's list no page can tell: an application of the customer's may. */
const BEYOND = [
  'device.manufacturer',
  'device.brand',
  'device.name',
  'device.storage_bytes',
  'device.baseband',
  'device.boot_time',
  'device.boot_id',
  'device.kernel',
  'device.sensors',
  'device.vendor_id',
  'network.carrier',
  'network.sim_status',
  'network.lan_ip',
  'network.country',
  'network.dns_ip',
  'permissions.phone_state',
];

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  enum?: string[];
}

/** The server's list, as its description has it: each fact with its schema. */
function listed(): Map<string, Schema> {
  const schemas = document.components.schemas as unknown as Record<string, Schema>;
  const all = new Map<string, Schema>();
  for (const [group, of] of Object.entries(schemas['DeviceRequest']?.properties ?? {})) {
    for (const [name, schema] of Object.entries(of.properties ?? {})) all.set(`${group}.${name}`, schema);
  }
  return all;
}

test("the library takes what the server's list has, for the same purpose, and nothing else", () => {
  const all = listed();
  assert.ok(all.size > 40, `${all.size}`);
  const taken = DEVICE_FACTS.map(({ group, name }) => `${group}.${name}`);
  assert.deepEqual([...taken, ...BEYOND].sort(), [...all.keys()].sort());
  for (const { group, name, purpose } of DEVICE_FACTS) {
    assert.equal(all.get(`${group}.${name}`)?.description, `For: ${purpose}.`, `${group}.${name}`);
  }
});

/** A page that writes down what is looked at. */
function watched(values: Record<string, unknown>): { page: Page; looked: Set<string> } {
  const looked = new Set<string>();
  const wrap = (object: object, path: string): object =>
    new Proxy(object, {
      get(target, name) {
        const at = `${path}${String(name)}`;
        looked.add(at);
        const value: unknown = Reflect.get(target, name);
        if (typeof value === 'function') return value.bind(target);
        return value && typeof value === 'object' && !Array.isArray(value) ? wrap(value, `${at}.`) : value;
      },
    });
  return { page: wrap(values, '') as Page, looked };
}

const page = (): ReturnType<typeof watched> =>
  watched({
    innerWidth: 1200,
    innerHeight: 700,
    devicePixelRatio: 2,
    screen: { width: 1280, height: 800, availWidth: 1280 },
    document: { createElement: () => ({ getContext: () => null }), cookie: 'secret', referrer: 'secret' },
    navigator: {
      userAgent: 'Example/1',
      webdriver: true,
      languages: ['de-AT', 'en'],
      language: 'de-AT',
      maxTouchPoints: 0,
      hardwareConcurrency: 4,
      deviceMemory: 8,
      platform: 'secret',
      plugins: ['secret'],
      connection: { type: 'wimax' },
      userAgentData: {
        platform: 'Linux',
        mobile: false,
        brands: [{ brand: 'Chromium', version: '130' }],
        getHighEntropyValues: async ([name]: string[]) => ({ [name ?? '']: name === 'model' ? '' : '6.1' }),
      },
      permissions: {
        query: async ({ name }: { name: string }) => {
          if (name === 'persistent-storage') throw new TypeError('unknown');
          return { state: name === 'camera' ? 'granted' : 'prompt' };
        },
      },
      getBattery: async () => ({ level: 0.5, charging: true, dischargingTime: 60 }),
    },
  });

test('nothing is looked at before the person has agreed', async () => {
  const { page: of, looked } = page();
  for (const options of [{ consent: 'wanted' }, {}, { consent: true }]) {
    await assert.rejects(collectDevice(options as DeviceOptions, of), (error: Trouble) => error.code === 'consent_wanted');
  }
  assert.deepEqual([...looked], []);
});

test('only what the list names is looked at, and what a browser does not tell is absent', async () => {
  const { page: of, looked } = page();
  const facts = await collectDevice({ consent: 'given' }, of);
  const { time_zone: zone, ...device } = facts['device'] ?? {};
  assert.equal(typeof zone, 'string');
  assert.deepEqual(
    { ...facts, device },
    {
      device: {
        os: 'Linux',
        os_version: '6.1',
        cpu: '6.1',
        cpu_cores: 4,
        memory_bytes: 8 * 2 ** 30,
        screen_width: 1280,
        screen_height: 800,
        language: 'de-AT',
        battery_level: 50,
        charging: true,
      },
      browser: {
        user_agent: 'Example/1',
        hint_brands: '"Chromium";v="130"',
        hint_platform: 'Linux',
        hint_mobile: false,
        webdriver: true,
        languages: 'de-AT,en',
        touch_points: 0,
        pixel_ratio: 2,
        window_width: 1200,
        window_height: 700,
      },
      network: { type: 'unknown' },
      permissions: { camera: 'granted', microphone: 'not_asked', location: 'not_asked', notifications: 'not_asked' },
    },
  );
  for (const never of ['document.cookie', 'document.referrer', 'navigator.platform', 'navigator.plugins', 'screen.availWidth']) {
    assert.ok(!looked.has(never), never);
  }
  const roots = new Set([...looked].map((path) => path.split('.')[0]));
  assert.deepEqual([...roots].sort(), ['devicePixelRatio', 'document', 'innerHeight', 'innerWidth', 'navigator', 'screen']);
});

test('a purpose that is not asked for is not served', async () => {
  const { page: of, looked } = page();
  const facts = await collectDevice({ consent: 'given', purposes: ['capture'] }, of);
  assert.equal(facts['browser'], undefined);
  for (const never of ['navigator.userAgent', 'navigator.webdriver', 'navigator.getBattery', 'document']) {
    assert.ok(!looked.has(never), never);
  }
});

test('what the customer says of his application is taken as far as a text can be one', async () => {
  const camera = { getVideoTracks: () => [{ label: 'OBS Virtual Camera' }] } as unknown as MediaStream;
  const host = { name: 'app.example', version: 'a\nb', installedAt: Number.NaN };
  const { page: of } = page();
  const facts = await collectDevice({ consent: 'given', camera, host, cookieId: 'x'.repeat(513) }, of);
  assert.equal(facts['browser']?.['camera'], 'OBS Virtual Camera');
  assert.deepEqual(facts['host_application'], { name: 'app.example' });
  assert.equal(facts['device']?.['cookie_id'], undefined);
});
