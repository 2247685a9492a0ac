import './require-node.mjs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawnSync } from 'node:child_process';
import { root } from './workspace.mjs';

/** What Stoa is made of and built with, as CycloneDX, read from package-lock.json alone: no network, nothing installed. */
export function billOfMaterials() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--offline'];
  const npm = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) throw new Error(npm.stderr || 'npm sbom failed');
  return npm.stdout;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = resolve(process.argv[2] ?? join(root, '.cache/bill-of-materials.cdx.json'));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, billOfMaterials());
  process.stdout.write(`${file}\n`);
}
