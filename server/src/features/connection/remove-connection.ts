import type { Deps } from '../../deps.ts';

export async function removeConnection(_deps: Deps, _taskId: string): Promise<void> {}
