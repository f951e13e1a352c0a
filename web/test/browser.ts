/** A headless browser, and what every page is held to. */

import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Where screenshots are kept; not committed. */
const ARTEFACTS = process.env['ARTEFACTS'] ?? 'target/screenshots';

/** Sizes that people have: a small phone, and a laptop. */
export const SIZES = {
  phone: { width: 320, height: 640 },
  laptop: { width: 1280, height: 800 },
} as const;

/** Starts a browser, with a fake camera unless `args` say otherwise. */
export function launch(args: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--use-gl=swiftshader', ...args],
  });
}

/** A window; whatever it asks of anyone but `origin` fails the test. */
export async function open(
  browser: Browser,
  origin: string,
  size: keyof typeof SIZES,
  locale: string,
  more: { colorScheme?: 'light' | 'dark'; bypassCSP?: boolean } = {},
): Promise<{ context: BrowserContext; page: Page; troubles: string[] }> {
  const context = await browser.newContext({
    viewport: SIZES[size],
    locale,
    ignoreHTTPSErrors: true,
    hasTouch: size === 'phone',
    isMobile: size === 'phone',
    permissions: ['camera'],
    ...more,
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('blob:') && !url.startsWith('data:')) {
      troubles.push(`asked ${url}`);
    }
  });
  page.on('pageerror', (error) => troubles.push(`error ${error.message}`));
  page.on('console', (message) => {
    // An answer that refuses is part of some tests; a policy that refuses is not.
    if (/Content Security Policy|Permissions policy/i.test(message.text())) troubles.push(message.text());
  });
  return { context, page, troubles };
}

/** Presses the button with this value. */
export async function press(page: Page, value: string): Promise<void> {
  await page.locator(`button[data-value="${value}"]`).click();
}

/** Waits for a page by its title. */
export async function titled(page: Page, title: string, timeout = 30_000): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor({ timeout });
}

/** Keeps a screenshot, and holds the page to WCAG 2.2 AA and its width. */
export async function keep(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: `${ARTEFACTS}/${name}.png`, fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  await accessible(page, name);
}

/** Runs axe in a world of its own: the page's policy lets no script in. */
async function accessible(page: Page, name: string): Promise<void> {
  const { readFileSync } = await import('node:fs');
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run({ runOnly: tags });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  });
  assert.deepEqual(violations, [], name);
}
