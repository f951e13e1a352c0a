/** The hosted pages before a person: a real server, a browser, and who stands before its camera. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launch, open, press, type SIZES, titled } from './browser.js';
import { type Created, House } from './house.js';
import type { Scene } from './page/scene.js';

export type { Scene, ScreenLog } from './page/scene.js';

const texts = JSON.parse(readFileSync('flow/texts/en.json', 'utf8')) as Record<string, string>;

/** A text of the pages in English. */
export const text = (key: string): string => texts[key] ?? assert.fail(key);

/** A page before a scene. */
export interface Shot {
  context: BrowserContext;
  page: Page;
  /** What the page asked of others, or was refused by its own policy. */
  troubles: string[];
  /** The liveness challenges that it was issued. */
  challenges: string[];
}

/** A challenge as the customer reads it. */
export interface Challenge {
  method: string;
  result: { reason: string } | null;
  figures: {
    light: object | null;
    movements: { reason: string; seen: { asked: string; made: string | null; closed: number | null; opened: number | null }[] } | null;
    passive_scores: number[];
  } | null;
}

/** A server, a browser, and a specimen's person whose photograph the scenes are made of. */
export class Stage {
  private constructor(
    readonly house: House,
    readonly browser: Browser,
    readonly specimen: { document: string; selfie: string },
    private readonly landmarks: [number, number][],
  ) {}

  static async open(): Promise<Stage> {
    const house = await House.open();
    const specimen = house.specimen();
    const image = readFileSync(specimen.selfie).toString('base64');
    type Found = { faces: { landmarks: { x: number; y: number }[] }[] };
    const found = await house.ask<Found>('POST', '/v1/faces/detect', { image });
    const landmarks = (found.body.faces[0]?.landmarks ?? []).map(({ x, y }): [number, number] => [x, y]);
    return new Stage(house, await launch(), specimen, landmarks);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.house.close();
  }

  /** Where the server issues no challenges, there is nothing to try. */
  async isIdle(t: TestContext): Promise<boolean> {
    const idle = !(await this.house.challenges());
    if (idle) t.skip('this server issues no liveness challenges');
    return idle;
  }

  /**
   * A window before a scene: in stepped time with a head that is lit and that moves, or in
   * real time before the pages' own script.
   */
  async before(scene: Partial<Scene>, size: keyof typeof SIZES = 'phone', stepped = true): Promise<Shot> {
    const { context, page, troubles } = await open(this.browser, this.house.url, size, 'en');
    const photo = '/verify/photo.jpg';
    const selfie = readFileSync(this.specimen.selfie);
    await page.route(`**${photo}`, (route) => route.fulfill({ body: selfie, contentType: 'image/jpeg' }));
    const { landmarks } = this;
    const whole: Scene = { photo, landmarks, kind: 'face', moves: 'asked', latencyMs: 80, seed: 7, ...scene };
    await page.addInitScript((given) => Object.assign(window, { scene: given }), whole);
    if (stepped) {
      const script = readFileSync('target/page/stepped.js');
      await page.route('**/verify/flow.js*', (route) =>
        route.fulfill({ body: script, contentType: 'text/javascript' }),
      );
    } else {
      await page.addInitScript({ path: 'target/page/mirror.js' });
    }
    const challenges: string[] = [];
    page.on('response', async (response) => {
      if (!response.url().endsWith('/v1/liveness/challenges') || response.status() !== 201) return;
      challenges.push(((await response.json()) as { id: string }).id);
    });
    return { context, page, troubles, challenges };
  }

  /** A verification of liveness alone, opened as far as the warning of flashing light. */
  async warned(scene: Partial<Scene>, stepped = true): Promise<Shot & { created: Created }> {
    const created = await this.house.verification({ mode: 'liveness_only', liveness: 'reflective' });
    const shot = await this.before(scene, 'phone', stepped);
    await shot.page.goto(created.url);
    await press(shot.page, 'start');
    await press(shot.page, 'agree');
    await titled(shot.page, text('light.title'));
    return { ...shot, created };
  }

  /** The newest challenge of a page, as the customer reads it. */
  async challenge({ challenges }: Shot): Promise<Challenge> {
    return (await this.house.ask<Challenge>('GET', `/v1/liveness/challenges/${challenges.at(-1)}`)).body;
  }

  /** How a verification stands. */
  async state({ id }: Created): Promise<string> {
    return (await this.house.ask<{ state: string }>('GET', `/v1/verifications/${id}`)).body.state;
  }
}

/** Waits for the end or for the offer to try again; gives the state, or the advice, or the trouble. */
export async function outcome(page: Page): Promise<string> {
  const trouble = page.getByRole('heading', { level: 1, name: text('trouble.title'), exact: true });
  const end = page.locator('[data-state], [data-advice]').or(trouble).first();
  await end.waitFor({ timeout: 180_000 });
  if (await trouble.isVisible()) return page.locator('main p').first().innerText();
  return (await end.getAttribute('data-state')) ?? (await end.getAttribute('data-advice')) ?? '';
}
