/** The frame around the pages: head, foot, one page at a time. */

import { add, h } from './dom.js';
import { privacyNotice } from './privacy.js';
import { LANGUAGES, type TextKey, Texts } from './texts.js';

/** Where the pages' own files are. */
export const BASE = '/verify';

/** The person wants to leave the page for another: it stops what it does. */
export class Escape extends Error {
  constructor(readonly to: 'assist' | 'language') {
    super(to);
  }
}

/** What a page consists of. */
export interface Page {
  title: TextKey;
  body: (Node | string | undefined | false)[];
  /** Buttons at the end; each ends the page with its value. */
  actions?: Action[];
  /** Whether the foot offers that a person checks instead. */
  assist?: boolean;
}

/** A button of a page. */
export interface Action {
  text: TextKey;
  value: string;
  style?: 'quiet' | 'plain';
  /** Whether it may be pressed now. */
  ready?: () => boolean;
}

/** Shows pages, one at a time. */
export class House {
  private leave: ((escape: Escape) => void) | undefined;
  private readonly header = h('header');
  private readonly main = h('main');
  private readonly footer = h('footer');
  /** The step that is done, out of how many. */
  at: { n: number; of: number } | undefined;
  tenant: number | null = null;
  offered: string[] = Object.keys(LANGUAGES);

  constructor(
    private readonly root: HTMLElement,
    public texts: Texts,
  ) {
    root.replaceChildren(this.header, this.main, this.footer);
  }

  /** A text. */
  say(key: TextKey, values?: Record<string, string | number>): string {
    return this.texts.say(key, values);
  }

  /** A paragraph with a text. */
  p(key: TextKey, values?: Record<string, string | number>): HTMLElement {
    return h('p', {}, this.say(key, values));
  }

  /** Shows a page until one of its buttons is pressed, or `ends` is done. */
  ask(page: Page, ends?: Promise<string>): Promise<string> {
    return new Promise((resolve, reject) => {
      this.leave = reject;
      const buttons = (page.actions ?? []).map(({ text, value, style, ready }) =>
        h(
          'button',
          {
            type: 'button',
            class: style,
            'data-value': value,
            onclick: () => {
              if (ready?.() ?? true) resolve(value);
            },
          },
          this.say(text),
        ),
      );
      this.show(page, buttons);
      ends?.then(resolve, reject);
    });
  }

  /** Shows a page while `work` is done. */
  async during<T>(page: Page, work: Promise<T>): Promise<T> {
    this.leave = undefined;
    this.show({ ...page, assist: false }, []);
    return work;
  }

  /** Shows that something is being done. */
  busy<T>(title: TextKey, work: Promise<T>): Promise<T> {
    const body = [h('div', { class: 'busy' }, h('div', { class: 'spinner' }))];
    return this.during({ title, body }, work);
  }

  /** Leaves the page that is shown for another. */
  escape(to: Escape['to']): void {
    this.leave?.(new Escape(to));
  }

  private show(page: Page, buttons: HTMLElement[]): void {
    document.documentElement.lang = this.texts.language;
    document.title = `${this.say(page.title)} – ${this.say('title')}`;
    this.head();
    this.foot(page.assist ?? false);
    const title = h('h1', { tabindex: -1 }, this.say(page.title));
    this.main.replaceChildren(title);
    add(this.main, page.body);
    if (buttons.length > 0) this.main.append(h('div', { class: 'actions' }, ...buttons));
    scrollTo(0, 0);
    // Who listens instead of looking is told that the page is another one.
    title.focus({ preventScroll: true });
  }

  private head(): void {
    const { at } = this;
    const progress = h('div', { class: 'progress' });
    if (at) {
      const dots = Array.from({ length: at.of }, (_, i) => h('span', { class: i < at.n ? 'done' : '' }));
      add(progress, [
        h('p', {}, this.say('step', { n: at.n, of: at.of })),
        h('div', { class: 'dots', 'aria-hidden': 'true' }, ...dots),
      ]);
    }
    const select = h(
      'select',
      {
        id: 'language',
        onchange: () => {
          this.wanted = select.value;
          this.escape('language');
        },
      },
      ...this.offered.map((language) =>
        h(
          'option',
          { value: language, lang: language, selected: language === this.texts.language },
          LANGUAGES[language] ?? language,
        ),
      ),
    );
    const label = h('label', { class: 'visually-hidden', for: 'language' }, this.say('language'));
    this.header.replaceChildren(progress);
    if (this.offered.length > 1 && this.leave) {
      this.header.append(h('div', { class: 'language' }, label, select));
    }
  }

  /** The language that the person chose last. */
  private wanted: string | undefined;

  /** Takes up the language that was chosen. */
  async speak(): Promise<void> {
    if (this.wanted) this.texts = await Texts.load(this.wanted, BASE);
  }

  private foot(assist: boolean): void {
    this.footer.replaceChildren();
    const href = privacyNotice(this.texts.language, this.tenant);
    this.footer.append(
      h('a', { href, target: '_blank', rel: 'noopener' }, this.say('privacy')),
    );
    if (!assist) return;
    const leave = (): void => this.escape('assist');
    this.footer.append(h('button', { type: 'button', class: 'plain', onclick: leave }, this.say('assist.link')));
  }

  /** What covers the page while colours are shown stands here. */
  get host(): HTMLElement {
    return this.root;
  }
}
