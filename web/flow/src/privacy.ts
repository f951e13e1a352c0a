/** Where the privacy notice is to be read, in the person's own language where it has that. */

/** Languages other than its first that the notice is written in. */
const WRITTEN = new Set(['zh-Hans', 'zh-Hant']);

/** The notice's address; `tenant` is the AppID of whose notice it is, if that is known. */
export function privacyNotice(language: string, tenant: number | null): string {
  const asked = new URLSearchParams();
  if (tenant !== null) asked.set('tenant', String(tenant));
  if (WRITTEN.has(language)) asked.set('language', language);
  const text = asked.toString();
  return text ? `/privacy?${text}` : '/privacy';
}
