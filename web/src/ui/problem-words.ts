import type { useText } from '../app/messages/use-text.tsx';
import type { ApiProblem } from '../lib/api-problem.ts';

/** What happened, in one sentence. Of a server that did not answer the problem has no words of its own. */
export const whatHappened = (t: ReturnType<typeof useText>, problem: ApiProblem): string =>
  problem.status === 0 ? t('ui.error.unreachable') : problem.message || t('ui.error.unknown');
