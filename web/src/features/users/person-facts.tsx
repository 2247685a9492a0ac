import type { UserDetail } from '@stoa/contract/user';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Section } from '../../ui/Section.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { IdentityState } from '../connections/IdentityState.tsx';
import styles from './People.module.css';

const IdentityDialog = lazy(() =>
  import('../connections/IdentityDialog.tsx').then((part) => ({ default: part.IdentityDialog })),
);

/** Who gave something, and when. */
function Given({ by, at }: { by: string | null; at: string }) {
  const t = useText();
  return (
    <span className="text-2 small">
      {t('people.grantedBy', { name: by ?? t('people.stoa') })} <TimeStamp value={at} style="relative" />
    </span>
  );
}

/** Why a person holds their global permissions. */
export function PermissionReasons({ user }: { user: UserDetail }) {
  const t = useText();
  return (
    <ul className={styles.lines}>
      {user.permissionGrants.map((one) => (
        <li key={one.permission} className={styles.line}>
          <span>{t(`people.permission.${one.permission}`)}</span>
          <Given by={one.grantedBy} at={one.grantedAt} />
        </li>
      ))}
    </ul>
  );
}

/** The groups of a person, since when, and who put them there. */
export function GroupsOf({ user }: { user: UserDetail }) {
  const t = useText();
  return (
    <Section title={t('people.groups')}>
      {user.memberships.length === 0 && <p className="text-2">{t('people.groups.none')}</p>}
      <ul className={styles.lines}>
        {user.memberships.map((one) => (
          <li key={one.groupId} className={styles.line}>
            <LinkTo to="/admin/groups/$id" params={{ id: String(one.groupId) }}>
              {one.name}
            </LinkTo>
            <Given by={one.source === 'local' ? one.addedBy : one.source} at={one.since} />
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
