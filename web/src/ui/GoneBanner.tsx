import { useText } from '../app/messages/use-text.tsx';
import { type ApiProblem, isGone } from '../lib/api-problem.ts';
import { Banner } from './Banner.tsx';

/** Above what is being written: it cannot be saved any more, but what was written can still be read and copied. */
export function GoneBanner({ problem }: { problem: ApiProblem | null }) {
  const t = useText();
  return isGone(problem) ? <Banner tone="danger">{t('ui.error.goneWriting')}</Banner> : null;
}
