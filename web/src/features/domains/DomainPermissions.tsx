import { Checkbox } from '@mantine/core';
import { type DomainDetail, listDomains, readDomain, setDomainPermissions } from '@stoa/contract/domain';
import { type DomainPermission, domainPermission } from '@stoa/contract/enums';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { FindPerson, type Principal } from '../users/FindPerson.tsx';
import styles from './Domains.module.css';
import { grantsOf, type Holder, holdersOf, isSameGrants, keyOfHolder } from './grants.ts';

function toggled(holders: readonly Holder[], key: string, permission: DomainPermission): readonly Holder[] {
  return holders.map((one) => {
    if (keyOfHolder(one) !== key) return one;
    const held = new Set(one.held);
    if (!held.delete(permission)) held.add(permission);
    return { ...one, held };
  });
}

const holderOf = (one: Principal): Holder => ({
  principalType: one.type,
  principalId: String(one.id),
  name: one.name,
  held: new Set(['Manage Data Products']),
});

function Matrix(props: {
  readonly holders: readonly Holder[];
  readonly isReadOnly: boolean;
  readonly onToggle: (key: string, permission: DomainPermission) => void;
}) {
  const t = useText();
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('domains.permissions')}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col" className={styles.head}>
              {t('domains.principal')}
            </th>
            {domainPermission.options.map((permission) => (
              <th key={permission} scope="col" className={styles.head}>
                {t(`domains.permission.${permission}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.holders.map((one) => (
            <tr key={keyOfHolder(one)}>
              <th scope="row" className={styles.who}>
                {one.principalType === 'group' ? t('domains.group', { name: one.name }) : one.name}
              </th>
              {domainPermission.options.map((permission) => (
                <td key={permission} className={styles.cell}>
                  <Checkbox
                    size="sm"
                    className={styles.box ?? ''}
                    aria-label={t('domains.permissionFor', {
                      permission: t(`domains.permission.${permission}`),
                      name: one.name,
                    })}
                    checked={one.held.has(permission)}
                    disabled={props.isReadOnly}
                    onChange={() => props.onToggle(keyOfHolder(one), permission)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Who may do what in the domain: people and groups against permissions. */
export function DomainPermissions({ domain }: { domain: DomainDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const before = holdersOf(domain.permissions);
  const [draft, setDraft] = useState<readonly Holder[]>();
  const holders = draft ?? before;
  const save = useCommand(setDomainPermissions, {
    invalidates: [readDomain, listDomains],
    onSuccess: () => {
      setDraft(undefined);
      announce(t('domains.saved'));
    },
  });
  const grant = abilityOn(domain.abilities, 'grant');
  const isChanged = !isSameGrants(before, holders);
  const ability = grant.allowed && !isChanged ? { allowed: false, reason: t('domains.noChanges') } : grant;
  return (
    <Section title={t('domains.permissions')} lead={t('domains.permissionsLead')}>
      {holders.length === 0 ? (
        <p className="text-2">{t('domains.noPermissions')}</p>
      ) : (
        <Matrix
          holders={holders}
          isReadOnly={!grant.allowed}
          onToggle={(key, permission) => setDraft(toggled(holders, key, permission))}
        />
      )}
      {grant.allowed && (
        <div className={styles.add}>
          <FindPerson
            label={t('domains.addPrincipal')}
            kinds="users-and-groups"
            exclude={new Set(holders.map(keyOfHolder))}
            onFind={(one) => setDraft([...holders, holderOf(one)])}
          />
        </div>
      )}
      {save.error !== null && <ErrorNotice problem={save.error} isWrite />}
      <div className={styles.buttons}>
        <ActionButton
          tone="primary"
          label={t('domains.savePermissions')}
          ability={ability}
          isBusy={save.isPending}
          onClick={() => save.mutate({ params: { id: domain.id }, body: { permissions: grantsOf(holders) } })}
        />
      </div>
    </Section>
  );
}
