import type { Deps } from '../../deps.ts';

export async function applyObjectState(_deps: Deps, _taskId: string): Promise<void> {}
