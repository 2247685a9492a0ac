import './require-node.mjs';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTool } from './run-step.mjs';
import { listFiles, root } from './workspace.mjs';

const shared = ['contract/src'];

const parts = [
  {
    name: 'server',
    folders: [...shared, 'core/src', 'connectors/src', 'server/src'],
    files: ['package-lock.json', 'scripts/build.mjs'],
    output: 'server/dist',
    build: () => buildServer(),
  },
  {
    name: 'web',
    folders: [...shared, 'core/src', 'web/src', 'web/public'],
    files: ['package-lock.json', 'scripts/build.mjs', 'web/index.html', 'web/vite.config.ts', 'web/without-schemas.ts'],
    output: 'web/dist',
    build: buildWeb,
  },
];

/** Builds what is older than its sources, judged by content: a checkout changes times, an edit may not. */
export async function buildChanged({ isQuiet = false } = {}) {
  for (const part of parts) {
    const stamp = join(root, part.output, '.built-from');
    const hash = hashSources(part);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) continue;
    rmSync(stamp, { force: true });
    const start = performance.now();
    if (!(await part.build())) return false;
    mkdirSync(join(root, part.output), { recursive: true });
    writeFileSync(stamp, hash);
    if (!isQuiet) console.log(`Built the ${part.name} in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
  }
  return true;
}

function hashSources({ folders, files }) {
  const paths = [...folders.flatMap(listFiles), ...files.map((file) => join(root, file))];
  const hash = createHash('sha256');
  const isSource = (path) => !/\.test\.tsx?$/.test(path) && existsSync(path);
  for (const path of paths.filter(isSource).sort((a, b) => (a < b ? -1 : 1))) {
    hash
      .update(`${relative(root, path)}\n`)
      .update(readFileSync(path))
      .update('\n');
  }
  return hash.digest('hex');
}

/** `withFailPoints` is for the tests that kill the server at named places; what people run has none. */
export async function buildServer({ outdir = 'server/dist', withFailPoints = false } = {}) {
  const entryPoints = ['server/src/main.ts', 'server/src/cli.ts'].filter((path) => existsSync(join(root, path)));
  if (entryPoints.length === 0) return true;
  const { build } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      write: false,
      absWorkingDir: root,
      entryPoints,
      outdir,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: true,
      sourcesContent: false,
      // Fail-points become empty functions, whose calls, and so whose names, are dropped.
      minifySyntax: true,
      define: { STOA_FAIL_POINTS: String(withFailPoints) },
      logLevel: 'error',
      plugins: [{ name: 'packages-stay-outside', setup: keepPackagesOutside }],
    });
    for (const { path, contents } of outputFiles) replaceFile(path, contents);
    return true;
  } catch {
    return false;
  }
}

/** In one step: several files of tests build the same beside each other, and meanwhile start what is there. */
function replaceFile(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.${process.pid}`;
  writeFileSync(next, contents);
  renameSync(next, path);
}

// Our own workspaces are TypeScript and go in; packages of npm are found at run time.
function keepPackagesOutside({ onResolve }) {
  onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
    if (kind === 'entry-point' || path.startsWith('@stoa/')) return undefined;
    return { path, external: true };
  });
}

async function buildWeb() {
  if (!existsSync(join(root, 'web/src/main.tsx'))) return true;
  // What runs the tests has told the libraries that this is no production; the page that it builds is what people get.
  const { code, output } = await runTool(
    'node_modules/vite/bin/vite.js',
    ['build', 'web', '--config', 'web/vite.config.ts'],
    { env: { ...process.env, NODE_ENV: 'production' } },
  );
  if (code !== 0) console.error(output);
  return code === 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href && !(await buildChanged()))
  process.exitCode = 1;
