import type { UserDetail } from '@stoa/contract/user';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Section } from '../../ui/Section.tsx';
import { IdentityState } from '../connections/IdentityState.tsx';
import styles from './People.module.css';

const IdentityDialog = lazy(() =>
  import('../connections/IdentityDialog.tsx').then((part) => ({ default: part.IdentityDialog })),
);

/** The groups of a person. */
export function GroupsOf({ user }: { user: UserDetail }) {
  const t = useText();
  return (
    <Section title={t('people.groups')}>
      {user.groups.length === 0 && <p className="text-2">{t('people.groups.none')}</p>}
      <ul className={styles.lines}>
        {user.groups.map((group) => (
          <li key={group.id} className={styles.line}>
            <LinkTo to="/admin/groups/$id" params={{ id: String(group.id) }}>
              {group.name}
            </LinkTo>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What a person may do in single domains, and which group brings it. */
export function DomainPermissionsOf({ user }: { user: UserDetail }) {
  const t = useText();
  return (
    <Section title={t('people.domainPermissions')}>
      {user.domainPermissions.length === 0 && <p className="text-2">{t('people.domainPermissions.none')}</p>}
      <ul className={styles.lines}>
        {user.domainPermissions.map((one) => (
          <li key={`${one.domainId} ${one.permission} ${one.viaGroup ?? ''}`} className={styles.line}>
            <LinkTo to="/govern/domains/$id" params={{ id: one.domainId }} search={{ tab: 'permissions' }}>
              {one.domainName}
            </LinkTo>
            <span>
              {one.permission}
              {one.viaGroup !== undefined && (
                <span className="text-2"> {t('people.viaGroup', { group: one.viaGroup })}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

type Identity = UserDetail['identities'][number];

/** Who a person is on each platform, to be set by a user admin. */
export function IdentitiesOf({ user }: { user: UserDetail }) {
  const t = useText();
  const may = useMay();
  const [changing, setChanging] = useState<Identity>();
  return (
    <Section title={t('people.identities')} lead={t('people.identitiesLead')}>
      {user.identities.length === 0 && <p className="text-2">{t('people.identities.none')}</p>}
      <ul className={styles.lines}>
        {user.identities.map((one) => (
          <li key={one.connectionKey} className={styles.line}>
            <Identifier value={one.externalName} prefix={one.connectionKey} />
            <IdentityState state={one.state} />
            {may('user.manage') && (
              <ActionButton
                size="xs"
                label={t('connections.identity.change')}
                fullLabel={t('connections.identity.changeOf', { name: `${user.name}, ${one.connectionKey}` })}
                ability={user.abilities?.changeRights}
                onClick={() => setChanging(one)}
              />
            )}
          </li>
        ))}
      </ul>
      {changing !== undefined && (
        <Suspense fallback={null}>
          <IdentityDialog
            connectionKey={changing.connectionKey}
            mapped={{ user, externalName: changing.externalName }}
            onClose={() => setChanging(undefined)}
          />
        </Suspense>
      )}
    </Section>
  );
}
