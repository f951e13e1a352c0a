/** The pages' words in the person's language. */

import english from '../texts/en.json';

/** The name of a text. */
export type TextKey = keyof typeof english;

/** Languages that the pages speak, each by its own name. */
export const LANGUAGES: Record<string, string> = {
  en: 'English',
  'zh-Hans': '简体中文',
  'zh-Hant': '繁體中文',
  th: 'ไทย',
  ms: 'Bahasa Melayu',
  id: 'Bahasa Indonesia',
  vi: 'Tiếng Việt',
  ko: '한국어',
  ja: '日本語',
};

/** Where a language is written in a script that its name does not tell. */
const TRADITIONAL = /^zh-(hant|tw|hk|mo)\b/i;

/** The language of ours that a browser's tag means, if there is one. */
export function languageOf(tag: string): string | undefined {
  if (/^zh\b/i.test(tag)) return TRADITIONAL.test(tag) ? 'zh-Hant' : 'zh-Hans';
  const base = tag.split('-')[0]?.toLowerCase() ?? '';
  return base in LANGUAGES ? base : undefined;
}

/** The first of the person's languages that is offered, else the first offered. */
export function choose(wanted: readonly string[], offered: readonly string[]): string {
  const known = offered.filter((language) => language in LANGUAGES);
  const list = known.length > 0 ? known : Object.keys(LANGUAGES);
  const found = wanted.map(languageOf).find((language) => language && list.includes(language));
  return found ?? list[0] ?? 'en';
}

/** Words of one language. */
export class Texts {
  private constructor(
    readonly language: string,
    private readonly words: Partial<Record<string, string>>,
  ) {}

  /** English, which is always there. */
  static readonly english = new Texts('en', english);

  /** Words of `language`; English, if they do not come. */
  static async load(language: string, base: string): Promise<Texts> {
    if (language === 'en') return Texts.english;
    try {
      const response = await fetch(`${base}/texts/${language}.json`, { credentials: 'omit' });
      if (!response.ok) return Texts.english;
      return new Texts(language, (await response.json()) as Record<string, string>);
    } catch {
      return Texts.english;
    }
  }

  /** A text, with what stands in its braces. */
  say(key: TextKey, values: Record<string, string | number> = {}): string {
    const text = this.words[key] ?? english[key];
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  }

  /** The text of the group `group` for a code, or the one for what is not known. */
  code(group: string, code: string, otherwise: TextKey): string {
    const key = `${group}.${code}`;
    return key in english ? this.say(key as TextKey) : this.say(otherwise);
  }
}
