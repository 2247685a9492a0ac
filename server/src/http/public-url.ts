import type { Deps } from '../deps.ts';

/** Where people reach this installation, without a slash at the end: what links in messages begin with. */
export const publicUrlOf = (deps: Pick<Deps, 'config' | 'listening'>): string =>
  deps.config.publicUrl ?? deps.listening.url;
