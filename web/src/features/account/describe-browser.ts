/** In order: a browser names those before it as well. */
const browsers = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:(?:Headless)?Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const;
const systems = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
] as const;

/** A browser by the two words that people know it by. What is no browser keeps the name it gave itself. */
export type KnownBrowser = { readonly browser: string; readonly system: string | undefined };

/** What sent this header; undefined where it says nothing. It is what the sender claims, and proves nothing. */
export function describeBrowser(userAgent: string | null): KnownBrowser | undefined {
  const text = (userAgent ?? '').trim();
  const browser = browsers.find(([form]) => form.test(text))?.[1];
  const system = systems.find(([form]) => form.test(text))?.[1];
  if (browser !== undefined) return { browser, system };
  const first = text.split(/[\s/]/, 1)[0] ?? '';
  return first === '' || first === 'Mozilla' ? undefined : { browser: first.slice(0, 40), system: undefined };
}
