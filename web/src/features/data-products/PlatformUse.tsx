import type { DataProductUse } from '@stoa/contract/data-product-use';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import styles from './product.module.css';

type Connection = DataProductUse['connections'][number];

const shownAtFirst = 5;
const tlsModes = ['verify-full', 'require', 'disable'] as const;

/** What stays closed to the reader whatever is approved, and by which guardrail: there is nothing to run there. */
function Closed({ objects }: { objects: Connection['closed'] }) {
  const t = useText();
  const [showsAll, setShowsAll] = useState(false);
  if (objects.length === 0) return null;
  const shown = showsAll ? objects : objects.slice(0, shownAtFirst);
  return (
    <>
      <p className="small">{t('product.use.closed', { count: objects.length })}</p>
      <ul className={styles.list}>
        {shown.map(({ sourceId, objectPath, reason }) => (
          <li key={sourceId} className="small">
            <Identifier value={objectPath.join('.')} /> <span className="text-2">{reason}</span>
          </li>
        ))}
      </ul>
      {shown.length < objects.length && (
        <ActionButton
          label={t('product.use.all', { count: objects.length })}
          size="xs"
          onClick={() => setShowsAll(true)}
        />
      )}
    </>
  );
}

function ConnectionUse({ connection }: { connection: Connection }) {
  const t = useText();
  const [showsAll, setShowsAll] = useState(false);
  const { host, port, database, tls, externalName, command, objects, closed, technology, connectionKey } = connection;
  const knownTls = tlsModes.find((one) => one === tls);
  const facts = [
    { label: t('product.use.host'), value: <Identifier value={host} /> },
    { label: t('product.use.port'), value: <Identifier value={String(port)} /> },
    { label: t('product.use.database'), value: <Identifier value={database} /> },
    {
      label: t('product.use.tls'),
      value: knownTls === undefined ? <span className="mono">{tls}</span> : t(`product.use.tls.${knownTls}`),
    },
    {
      label: t('product.use.account'),
      value: externalName === null ? t('product.use.noAccount') : <Identifier value={externalName} />,
    },
  ];
  const shown = showsAll ? objects : objects.slice(0, shownAtFirst);
  return (
    <Section title={t('product.use.on', { technology, connection: connectionKey })}>
      <div className={styles.use}>
        <FactList facts={facts} label={t('product.use.facts')} />
        <div className={styles.snippets}>
          <StatementBlock title={t('product.use.command')} statements={[command]} isOpenAtFirst />
          {shown.length > 0 && (
            <StatementBlock
              title={t('product.use.sql')}
              statements={shown.map((object) => object.sampleSql)}
              isOpenAtFirst
            />
          )}
          {shown.length < objects.length && (
            <ActionButton
              label={t('product.use.all', { count: objects.length })}
              size="xs"
              onClick={() => setShowsAll(true)}
            />
          )}
          <Closed objects={closed} />
          <p className="small text-2">{t('product.use.password')}</p>
        </div>
      </div>
    </Section>
  );
}

type UseProps = {
  readonly use: {
    readonly data: DataProductUse | undefined;
    readonly error: ApiProblem | null;
    readonly refetch: () => unknown;
  };
  /** Said above while the reader cannot read it yet. */
  readonly hasAccess: boolean;
};

/** How to read it with one's own tools, on each platform. */
export function PlatformUse({ use, hasAccess }: UseProps) {
  const t = useText();
  if (use.error !== null) return <ErrorNotice problem={use.error} onRetry={() => void use.refetch()} />;
  if (use.data === undefined) return <SkeletonText lines={6} />;
  if (use.data.connections.length === 0) return <EmptyState title={t('product.data.empty')} />;
  return (
    <>
      {!hasAccess && <Banner>{t('product.use.notYet')}</Banner>}
      {use.data.connections.map((connection) => (
        <ConnectionUse key={connection.connectionKey} connection={connection} />
      ))}
    </>
  );
}
