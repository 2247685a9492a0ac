import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from './embedded/start.ts';
import { generateSchema } from './generate-schema.ts';
import { migrate } from './migrate.ts';

// `npm run schema`: migrates an empty database of its own and writes what it then holds.
const dataDir = await mkdtemp(join(tmpdir(), 'stoa-schema-'));
process.env['STOA_ALLOW_UNSAFE_DATABASE'] = 'on';
const embedded = await startEmbedded({ dataDir, log: () => {}, isDurable: false });
try {
  const url = await embedded.createDatabase('stoa');
  await migrate(url, join(import.meta.dirname, '../../migrations'));
  await writeFile(join(import.meta.dirname, 'schema.ts'), await generateSchema(url));
} finally {
  await embedded.stop();
  await rm(dataDir, { recursive: true, force: true });
}
