import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export const workspaces = ['contract', 'core', 'connectors', 'server', 'web', 'cli', 'e2e', 'bench'];

/** Every file under a folder, or the file itself, relative to the root; what is not there counts as nothing. */
export function listFiles(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
