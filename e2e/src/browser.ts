import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';

const run = promisify(execFile);
const packageName = '@sparticuz/chromium';
const installedPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
];

type Executable = {
  readonly path: string;
  readonly env: Record<string, string>;
  readonly origin: 'package' | 'system';
};

async function packageVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(packageName);
  const manifest: unknown = JSON.parse(await readFile(join(dirname(entry), '..', '..', 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error(`${packageName} has no version`);
}

/**
 * The package unpacks into the system's temp folder, and takes a file that exists for a whole one: two test runs that
 * start together would launch a half-written browser. So it unpacks in a process of its own, into a folder of its own,
 * which gets its final name in one step. The variable makes it unpack its shared libraries as well, which it otherwise
 * does on one cloud's machines alone.
 */
async function unpack(target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const staging = await mkdtemp(`${target}.`);
  const script = `import chromium from '${packageName}'; await chromium.executablePath();`;
  try {
    await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
    });
    await rename(staging, target);
  } catch (cause) {
    await rm(staging, { recursive: true, force: true });
    // Another run was quicker: its folder is as good.
    if (!existsSync(join(target, 'chromium'))) throw cause;
  }
}

/**
 * The browser of the npm package: a headless shell for x64 Linux. It needs libnss3, libnspr4, libexpat and a few more,
 * which a bare container lacks; the package brings them in al2023/lib, so that nothing must be installed. Fonts come
 * with it as well. Where the machine has its own, they stay first: its libraries fit its libc.
 */
async function packagedExecutable(): Promise<Executable | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(tmpdir(), `stoa-chromium-${userInfo().uid}`, await packageVersion());
  const path = join(folder, 'chromium');
  if (!existsSync(path)) await unpack(folder);
  const missing = await run('ldd', [path]).then(
    ({ stdout }) => stdout.includes('not found'),
    () => true,
  );
  const env: Record<string, string> = {};
  if (missing) env.LD_LIBRARY_PATH = join(folder, 'al2023', 'lib');
  if (!existsSync('/etc/fonts/fonts.conf')) env.FONTCONFIG_PATH = join(folder, 'fonts');
  return { path, env, origin: 'package' };
}

function installedExecutable(): Executable | undefined {
  const path = installedPaths.find((one) => existsSync(one));
  return path === undefined ? undefined : { path, env: {}, origin: 'system' };
}

const ownEnvironment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));

async function start(executable: Executable): Promise<Browser> {
  return chromium.launch({
    executablePath: executable.path,
    args,
    headless: true,
    env: { ...ownEnvironment(), ...executable.env },
  });
}

/**
 * Starts Chromium: the one that ships inside the npm package, else an installed one. Works as root, without a display.
 * @param prefer which one to try first; tests of the browser itself ask for each
 */
export async function launchBrowser(prefer: 'package' | 'system' = 'package'): Promise<Browser> {
  const packaged = () => packagedExecutable().catch(() => undefined);
  const choices = prefer === 'package' ? [packaged, installedExecutable] : [installedExecutable, packaged];
  const failures: unknown[] = [];
  for (const choose of choices) {
    const executable = await choose();
    if (executable === undefined) continue;
    try {
      return await start(executable);
    } catch (cause) {
      failures.push(cause);
    }
  }
  throw new AggregateError(failures, 'No Chromium starts here: neither the packaged one nor an installed one.');
}

export type Look = { readonly theme?: 'light' | 'dark'; readonly width?: number; readonly height?: number };

/**
 * Takes a picture of the whole page, in one theme and one width, with motion off.
 * @returns the path of the png, under `screenshots/` beside the working folder unless `STOA_SCREENSHOTS` says otherwise
 */
export async function screenshot(page: Page, name: string, look: Look = {}): Promise<string> {
  const { theme = 'light', width = 1280, height = 800 } = look;
  const folder = process.env.STOA_SCREENSHOTS ?? 'screenshots';
  await mkdir(folder, { recursive: true });
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.evaluate(() => document.fonts.ready);
  const path = join(folder, `${name}-${theme}-${width}.png`);
  await page.screenshot({ path, fullPage: true, animations: 'disabled' });
  return path;
}
