/// <reference types="node" />
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What a first visit may weigh, in KB of 1,024 bytes after brotli, and how many files it may take. */
const bars = { firstLoad: 200, entry: 140, routeChunk: 60, css: 25, fonts: 60, fontFiles: 2, requests: 12 };
/** Requests that no manifest knows: the script before the first paint, who is signed in, what the screen shows. */
const requestsBeside = 3;

type Chunk = { readonly file: string; readonly imports: readonly string[]; readonly dynamicImports: readonly string[] };

const run = promisify(execFile);
const web = join(import.meta.dirname, '..');
const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
let dist = '';
let chunks: ReadonlyMap<string, Chunk> = new Map();

const textList = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

function readChunks(): ReadonlyMap<string, Chunk> {
  const manifest: unknown = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
  const found = new Map<string, Chunk>();
  for (const [key, one] of Object.entries(manifest ?? {})) {
    if (typeof one?.file !== 'string') continue;
    found.set(key, { file: one.file, imports: textList(one.imports), dynamicImports: textList(one.dynamicImports) });
  }
  return found;
}

const weights = new Map<string, number>();
function weightOf(file: string): number {
  const known = weights.get(file) ?? brotliCompressSync(readFileSync(join(dist, file))).length / 1024;
  weights.set(file, known);
  return known;
}

const chunkOf = (key: string): Chunk => {
  const chunk = chunks.get(key);
  if (chunk === undefined) throw new Error(`the manifest does not know ${key}`);
  return chunk;
};

/** A chunk and all that it needs before it runs. */
function closureOf(key: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const other of chunkOf(key).imports) closureOf(other, seen);
  return seen;
}

const filesOf = (keys: Iterable<string>): string[] => [...keys].map((key) => chunkOf(key).file);
const sum = (files: readonly string[]): number => files.reduce((total, file) => total + weightOf(file), 0);
const styleFiles = (): string[] => filesOf([...chunks.keys()].filter((key) => chunkOf(key).file.endsWith('.css')));
const entryKeys = () => closureOf('index.html');
const routeKeys = (): string[] => [...chunks.keys()].filter((key) => /^src\/features\/.*Page\.tsx$/.test(key));

/** What a first visit of a route fetches, heaviest first: the head of the list is the culprit. */
function firstLoadOf(route: string): string[] {
  const scripts = filesOf(new Set([...entryKeys(), ...closureOf(route)]));
  return ['index.html', ...scripts, ...styleFiles()].toSorted((a, b) => weightOf(b) - weightOf(a));
}

const listed = (files: readonly string[]): string =>
  files.map((file) => `${file} ${weightOf(file).toFixed(1)}`).join(', ');

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'stoa-bundle-'));
  // In a process of its own: what runs the tests has told the libraries that this is no production.
  await run(process.execPath, [vite, 'build', '--outDir', dist, '--emptyOutDir'], {
    cwd: web,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  chunks = readChunks();
}, 300_000);
afterAll(() => rmSync(dist, { recursive: true, force: true }));

describe('the built page', () => {
  it('knows its routes', () => {
    expect(routeKeys().length).toBeGreaterThan(20);
  });

  it('starts with little: the entry and what it needs', () => {
    const files = filesOf(entryKeys());
    expect(sum(files), listed(files)).toBeLessThanOrEqual(bars.entry);
  });

  it('keeps every first load small, whichever route it is', () => {
    const heavy = routeKeys()
      .map((route) => ({ route, files: firstLoadOf(route) }))
      .filter(({ files }) => sum(files) > bars.firstLoad)
      .map(({ route, files }) => `${route}: ${sum(files).toFixed(1)} KB: ${listed(files)}`);
    expect(heavy).toEqual([]);
  });

  it('keeps every chunk of a route small', () => {
    const entry = entryKeys();
    const heavy = routeKeys()
      .flatMap((route) => [...closureOf(route)])
      .filter((key) => !entry.has(key) && weightOf(chunkOf(key).file) > bars.routeChunk);
    expect(listed(filesOf(new Set(heavy)))).toBe('');
  });

  it('asks for few files before a screen stands', () => {
    const many = routeKeys()
      .map((route) => ({ route, files: firstLoadOf(route) }))
      .filter(({ files }) => files.length + requestsBeside > bars.requests)
      .map(({ route, files }) => `${route}: ${files.length + requestsBeside}: ${files.join(', ')}`);
    expect(many).toEqual([]);
  });

  it('keeps the styles small', () => {
    expect(sum(styleFiles()), listed(styleFiles())).toBeLessThanOrEqual(bars.css);
  });

  it('needs two fonts for Latin text', () => {
    // The files for further letters are fetched only where such a letter stands.
    const fonts = [...chunks.values()].map(({ file }) => file).filter((file) => /-latin-wght.*\.woff2$/.test(file));
    const size = fonts.reduce((total, file) => total + readFileSync(join(dist, file)).length / 1024, 0);
    expect(fonts).toHaveLength(bars.fontFiles);
    expect(size).toBeLessThanOrEqual(bars.fonts);
  });
});
