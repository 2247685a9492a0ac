import { type FirstStep, type FirstStepName, listFirstSteps } from '@stoa/contract/first-step';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import lines from '../users/People.module.css';

const askEveryMs = 3_000;

/** Where a step is taken, and where its outcome is looked at. */
const places = {
  connection: { act: { to: '/admin/connections/new' }, look: { to: '/admin/connections' } },
  sources: { act: { to: '/admin/objects' }, look: { to: '/admin/objects' } },
  domain: { act: { to: '/govern/domains' }, look: { to: '/govern/domains' } },
  people: { act: { to: '/admin/people' }, look: { to: '/admin/people' } },
  product: { act: { to: '/manage/products/$id', params: { id: 'new' } }, look: { to: '/manage/products' } },
  provider: { act: { to: '/admin/settings/sso' }, look: { to: '/admin/settings/sso' } },
} as const satisfies Record<FirstStepName, { act: object; look: object }>;

const marks = {
  done: { kind: 'check', value: 'pass' },
  failing: { kind: 'check', value: 'warn' },
  under_way: { kind: 'provisioning', value: 'PROVISIONING' },
  open: { kind: 'request', value: 'NONE' },
} as const;

type StepProps = { readonly step: FirstStep; readonly at: number; readonly isNext: boolean };

function Step({ step: { step, state, isOptional, count, isAllowed }, at, isNext }: StepProps) {
  const t = useText();
  const which = state === 'open' ? 'act' : 'look';
  return (
    <li className={lines.line} {...(isNext ? { 'aria-current': 'step' as const } : {})}>
      <div>
        <h2>
          {at}. {t(`firstSteps.${step}`)}
          {isOptional && <span className="text-2 small"> · {t('firstSteps.optional')}</span>}
        </h2>
        <p className="text-2">{t(`firstSteps.${step}.why`)}</p>
        <StatusMark
          {...marks[state]}
          label={t(`firstSteps.state.${state}`)}
          detail={t(`firstSteps.${step}.count`, { count })}
        />
      </div>
      {isAllowed ? (
        <LinkTo look={isNext ? 'primary' : 'button'} {...places[step][which]} search={{}}>
          {t(`firstSteps.${step}.${which}`)}
        </LinkTo>
      ) : (
        <span className="text-2 small">{t(`firstSteps.takes.${step}`)}</span>
      )}
    </li>
  );
}

function Steps({ steps }: { steps: readonly FirstStep[] }) {
  const t = useText();
  const needed = steps.filter(({ isOptional }) => !isOptional);
  const done = needed.filter(({ state }) => state === 'done').length;
  const next = steps.find(
    ({ state, isOptional, isAllowed }) => isAllowed && !isOptional && (state === 'open' || state === 'failing'),
  );
  return (
    <>
      {done === needed.length ? (
        <Banner>
          {t('firstSteps.allDone')} <LinkTo to="/">{t('firstSteps.toMarketplace')}</LinkTo>
        </Banner>
      ) : (
        <p className="text-2">{t('firstSteps.progress', { done, total: needed.length })}</p>
      )}
      <ol className={lines.lines}>
        {steps.map((step, at) => (
          <Step key={step.step} step={step} at={at + 1} isNext={step === next} />
        ))}
      </ol>
    </>
  );
}

function Content() {
  const t = useText();
  const steps = useOperation(listFirstSteps, {}, { refetchIntervalMs: askEveryMs });
  if (steps.data === undefined)
    return steps.error === null ? (
      <SkeletonText lines={8} />
    ) : (
      <ErrorNotice problem={steps.error} onRetry={() => void steps.refetch()} />
    );
  if (steps.data.data.length === 0)
    return <EmptyState kind="denied" title={t('ui.empty.noPermissionTitle')} text={t('firstSteps.denied')} />;
  return <Steps steps={steps.data.data} />;
}

/** What there is of what it takes to the first data product, and where the next of it is made. */
export function FirstStepsPage() {
  const t = useText();
  return (
    <>
      <PageHeader title={t('firstSteps.title')} lead={t('firstSteps.lead')} />
      <Content />
    </>
  );
}
