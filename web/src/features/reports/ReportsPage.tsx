import { reportNames, type ReportName } from '@stoa/contract/report';
import type { ReactNode } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { WhatPersonHas, WhoHasAccess } from './AccessReports.tsx';
import { MaskedColumnsReport } from './MaskedColumnsReport.tsx';
import { DecisionsReport, DriftReport, ExpiringReport } from './OtherReports.tsx';

const reports: Readonly<Record<ReportName, () => ReactNode>> = {
  'who-has-access': WhoHasAccess,
  'what-has': WhatPersonHas,
  expiring: ExpiringReport,
  decisions: DecisionsReport,
  'masked-columns': MaskedColumnsReport,
  drift: DriftReport,
};

/** Each report is a tab with an address of its own, and a file with all of its rows. */
export function ReportsPage() {
  const t = useText();
  const tabs = reportNames.map((value) => ({ value, label: t(`reports.tab.${value}`) }));
  const open = wordOf(reportNames, usePageTab(tabs)) ?? 'who-has-access';
  const Report = reports[open];
  return (
    <>
      <PageHeader title={t('reports.title')} lead={t('reports.lead')} />
      <PageTabs tabs={tabs} label={t('reports.tabs')} />
      <Report key={open} />
    </>
  );
}
