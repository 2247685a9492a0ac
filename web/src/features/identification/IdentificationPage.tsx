import { listIdentificationProposals } from '@stoa/contract/identification';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { FoundList } from './FoundList.tsx';
import { IdentifierList } from './IdentifierList.tsx';
import { ProposalList } from './ProposalList.tsx';
import { RunList } from './RunList.tsx';

const StartDialog = lazy(() => import('./StartDialog.tsx').then((module) => ({ default: module.StartDialog })));

/** How many tags wait for a person, beside the name of the tab. */
function Waiting() {
  const { data } = useOperation(listIdentificationProposals, { query: { limit: 1 } });
  const count = data?.meta.totalCount ?? 0;
  return count === 0 ? null : <span className="num text-2"> {count}</span>;
}

/** Runs, what they found, what a person has to decide, and what is looked for. */
export function IdentificationPage() {
  const t = useText();
  const mayRun = useMay()('identification.run');
  const [isStarting, setIsStarting] = useState(false);
  const tabs = [
    { value: 'runs', label: t('identification.tab.runs') },
    { value: 'found', label: t('identification.tab.found') },
    { value: 'proposals', label: t('identification.tab.proposals'), mark: <Waiting /> },
    { value: 'identifiers', label: t('identification.tab.identifiers') },
  ];
  const tab = usePageTab(tabs);
  const run = () => setIsStarting(true);
  const label = t('identification.start');
  useKeys(mayRun ? [{ keys: 'n', label, scope: 'page', run }] : []);
  useCommands(mayRun ? [{ id: 'identification-start', label, group: 'page', keys: 'n', run }] : []);
  const start = mayRun && <ActionButton tone="primary" label={label} onClick={run} />;
  return (
    <>
      <PageHeader title={t('identification.title')} lead={t('identification.lead')} action={start} />
      <PageTabs tabs={tabs} label={t('identification.tabs')} />
      {tab === 'runs' && <RunList start={start} />}
      {tab === 'found' && <FoundList />}
      {tab === 'proposals' && <ProposalList />}
      {tab === 'identifiers' && <IdentifierList />}
      {isStarting && (
        <Suspense>
          <StartDialog isOpen onClose={() => setIsStarting(false)} />
        </Suspense>
      )}
    </>
  );
}
