import type { Deps } from '../deps.ts';

export async function enqueueSweeps(_deps: Deps): Promise<void> {}
