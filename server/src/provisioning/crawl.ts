import type { Deps } from '../deps.ts';

export async function runCrawl(_deps: Deps, _taskId: string): Promise<void> {}
