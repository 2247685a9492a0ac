import { reportNames, type ReportName } from '@stoa/contract/report';
import { type ComponentType, lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { SkeletonRows } from '../../ui/Skeletons.tsx';

const WhoHasAccess = lazy(() => import('./AccessReports.tsx').then((part) => ({ default: part.WhoHasAccess })));
const WhatPersonHas = lazy(() => import('./AccessReports.tsx').then((part) => ({ default: part.WhatPersonHas })));
const ExpiringReport = lazy(() => import('./OtherReports.tsx').then((part) => ({ default: part.ExpiringReport })));
const DecisionsReport = lazy(() => import('./OtherReports.tsx').then((part) => ({ default: part.DecisionsReport })));
const DriftReport = lazy(() => import('./OtherReports.tsx').then((part) => ({ default: part.DriftReport })));
const MaskedColumnsReport = lazy(() =>
  import('./MaskedColumnsReport.tsx').then((part) => ({ default: part.MaskedColumnsReport })),
);
const ClearColumns = lazy(() => import('./ClearColumns.tsx').then((part) => ({ default: part.ClearColumns })));
const ActivityReport = lazy(() => import('./ActivityReport.tsx').then((part) => ({ default: part.ActivityReport })));
const UnmappedReport = lazy(() => import('./UnmappedReport.tsx').then((part) => ({ default: part.UnmappedReport })));
const UnusedReport = lazy(() => import('./UnusedReport.tsx').then((part) => ({ default: part.UnusedReport })));

const reports: Readonly<Record<ReportName, ComponentType>> = {
  'who-has-access': WhoHasAccess,
  'what-has': WhatPersonHas,
  expiring: ExpiringReport,
  decisions: DecisionsReport,
  'masked-columns': MaskedColumnsReport,
  'clear-columns': ClearColumns,
  drift: DriftReport,
  'query-activity': ActivityReport,
  'unused-access': UnusedReport,
  'unmapped-logins': UnmappedReport,
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
      <Suspense fallback={<SkeletonRows rows={6} />}>
        <Report key={open} />
      </Suspense>
    </>
  );
}
