import type { Connection } from '@stoa/contract/connection';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import styles from '../connections/Connections.module.css';
import { FiledPlan } from './FiledPlan.tsx';
import { FiledPlans } from './FiledPlans.tsx';
import { PlanForm } from './PlanForm.tsx';

const views = ['grants', 'filed'] as const;

function NewPlan({ connection }: { connection: Connection }) {
  const t = useText();
  const ability = abilityOn(connection.abilities, 'takeBack');
  if (ability.allowed) return <PlanForm connection={connection} />;
  return <EmptyState kind="denied" title={t('ui.empty.noPermissionTitle')} text={ability.reason ?? ''} />;
}

/** Plans over what others gave on one platform: a new one, those that were filed, and one of these. */
export function ExistingGrants({ connection }: { connection: Connection }) {
  const t = useText();
  const list = useListState();
  const { connectionKey } = connection;
  const plan = list.text('row');
  const view = views.find((one) => one === list.text('view')) ?? 'grants';
  if (plan !== undefined) return <FiledPlan connectionKey={connectionKey} id={plan} />;
  return (
    <div className={styles.stack}>
      <p className="text-2">{t('takeBack.lead', { connection: connectionKey })}</p>
      <nav className={styles.buttons} aria-label={t('takeBack.tabs')}>
        {views.map((one) => (
          <LinkTo
            key={one}
            to="/admin/connections/$key"
            params={{ key: connectionKey }}
            search={{ tab: 'drift', view: one }}
            aria-current={one === view ? 'page' : undefined}
            look={one === view ? 'primary' : 'button'}
          >
            {t(`takeBack.tab.${one}`)}
          </LinkTo>
        ))}
        <LinkTo to="/admin/connections/$key" params={{ key: connectionKey }} search={{ tab: 'drift' }}>
          {t('takeBack.findings')}
        </LinkTo>
      </nav>
      {view === 'filed' ? <FiledPlans connectionKey={connectionKey} /> : <NewPlan connection={connection} />}
    </div>
  );
}
