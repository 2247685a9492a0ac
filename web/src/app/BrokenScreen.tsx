import type { ErrorComponentProps } from '@tanstack/react-router';
import { useRouter } from '@tanstack/react-router';
import { ApiProblem } from '../lib/api-problem.ts';
import { ActionButton } from '../ui/ActionButton.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { useText } from './messages/use-text.tsx';
import { Plain } from './Plain.tsx';
import { ForbiddenScreen, NotFoundScreen } from './refusal-screens.tsx';

/** A screen that threw. Refusals of the API get their own words; anything else is a bug of ours. */
export function BrokenScreen({ error, reset }: ErrorComponentProps) {
  const t = useText();
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  if (error instanceof ApiProblem && error.status === 404) return <NotFoundScreen />;
  if (error instanceof ApiProblem && error.status === 403) return <ForbiddenScreen reason={error.detail} />;
  const isAway = error instanceof ApiProblem && (error.status === 0 || error.status === 503);
  return (
    <Plain>
      <PageHeader title={t(isAway ? 'shell.away.title' : 'shell.broken.title')} />
      {error instanceof ApiProblem ? (
        <ErrorNotice problem={error} onRetry={again} />
      ) : (
        <EmptyState
          title={t('shell.broken.text')}
          action={
            <ActionButton label={t('shell.broken.action')} tone="primary" onClick={() => window.location.reload()} />
          }
        />
      )}
    </Plain>
  );
}
