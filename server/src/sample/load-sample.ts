import type { EmbeddedPostgres } from '../db/embedded/start.ts';
import type { Deps } from '../deps.ts';

export async function loadSample(_options: {
  deps: Deps;
  embedded: EmbeddedPostgres;
  say: (line: string) => void;
}): Promise<boolean> {
  return false;
}
