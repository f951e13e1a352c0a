/** What the pages ask the server for, with the token of one verification. */

import type { Challenge, Method } from '../../sdk/src/challenge.js';
import type { DeviceFacts } from '../../sdk/src/device.js';

/** A verification, as far as the pages look at it. */
export interface Verification {
  id: string;
  state: 'created' | 'collecting' | 'review' | 'approved' | 'declined' | 'cancelled' | 'expired';
  mode: string;
  next: string | null;
  assisted: string | null;
  ended_by: string | null;
  consent: 'not_needed' | 'wanted' | 'receipt' | 'warranty';
  steps: { step: string; done: boolean; wanted: string | null; tries_left: number; hints: string[] }[];
}

/** How the customer wants the pages. */
export interface PageSettings {
  languages?: string[] | null;
  redirect_url?: string | null;
  tenant?: number | null;
  /** Whether facts of the device are told, after consent. */
  device_facts?: boolean | null;
  theme?: { accent?: string | null; background?: string | null; text?: string | null } | null;
}

/** The server refused, by a stable code; or gave no answer, with status 0. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`${status} ${code}`);
  }
}

const ANSWER_MS = 60_000;

/** The verification that a token opens; the token says so itself. */
export function verificationOf(token: string): string | undefined {
  const payload = /^bfv_([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  if (!payload) return undefined;
  try {
    const id = atob(payload.replaceAll('-', '+').replaceAll('_', '/')).split('|')[4];
    return id && /^ver_[a-z2-7]+$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** The server, for one verification. */
export class Api {
  constructor(
    private readonly token: string,
    private readonly id: string,
    private readonly base = '',
  ) {}

  read(): Promise<Verification> {
    return this.call('GET', '');
  }

  async settings(): Promise<PageSettings> {
    return this.call<PageSettings>('GET', '/page');
  }

  consent(language: string): Promise<unknown> {
    return this.call('POST', '/consent', { purposes: ['service'], language });
  }

  /** Tells facts of the device. */
  device(facts: DeviceFacts): Promise<unknown> {
    return this.call('POST', '/device', facts);
  }

  state(location: string, age: number): Promise<Verification> {
    return this.call('POST', '/statement', { location, age });
  }

  document(side: 'front' | 'back', picture: Blob): Promise<Verification> {
    return this.call('POST', '/document', form(side, picture));
  }

  documentBoth(front: Blob, back: Blob): Promise<Verification> {
    const both = form('front', front);
    both.append('back', back, 'back');
    return this.call('POST', '/document', both);
  }

  selfie(picture: Blob): Promise<Verification> {
    return this.call('POST', '/selfie', form('image', picture));
  }

  assist(channel: string): Promise<Verification> {
    return this.call('POST', '/assist', { channel });
  }

  challenge(method: Method | undefined): Promise<Challenge> {
    const body = { verification: this.id, ...(method && { method }) };
    return this.send('POST', '/v1/liveness/challenges', body);
  }

  /** Tells an event of the closed list; whether that is heard changes nothing. */
  event(event: string): void {
    this.call('POST', '/events', { event }).catch(() => {});
  }

  private call<T>(method: string, path: string, body?: object): Promise<T> {
    return this.send(method, `/v1/verifications/${this.id}${path}`, body);
  }

  private async send<T>(method: string, path: string, body?: object): Promise<T> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), ANSWER_MS);
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.base + path, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body && !(body instanceof FormData) && { 'content-type': 'application/json' }),
        },
        body: body ? (body instanceof FormData ? body : JSON.stringify(body)) : null,
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal: limit.signal,
      });
      text = await response.text();
    } catch {
      throw new Refused(0, 'network_lost');
    } finally {
      clearTimeout(timer);
    }
    const answer: unknown = text ? JSON.parse(text) : null;
    if (!response.ok) {
      const code = (answer as { code?: string } | null)?.code;
      throw new Refused(response.status, code ?? 'refused');
    }
    return answer as T;
  }
}

function form(name: string, picture: Blob): FormData {
  const data = new FormData();
  data.append(name, picture, name);
  return data;
}
