import { NativeSelect } from '@mantine/core';
import {
  type DataObjectRole,
  type DataObjectRoleGrant,
  listDataObjectRoles,
  setDataObjectRoles,
} from '@stoa/contract/data-object-role';
import { readDataObject } from '@stoa/contract/data-object';
import { readDataSource } from '@stoa/contract/data-source';
import { type NodeRole, nodeRole } from '@stoa/contract/enums';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { FindPerson, type Principal } from '../users/FindPerson.tsx';
import styles from './Objects.module.css';

const keyOf = (one: Pick<DataObjectRole, 'role' | 'principalType' | 'principalId'>): string =>
  `${one.role} ${one.principalType}:${one.principalId}`;
const grantOf = ({ role, principalType, principalId }: DataObjectRole): DataObjectRoleGrant => ({
  role,
  principalType,
  principalId,
});

type Save = { readonly mutate: (roles: DataObjectRoleGrant[]) => void; readonly isPending: boolean };

function Holders(props: {
  readonly roles: readonly DataObjectRole[];
  readonly mayChange: (role: NodeRole) => boolean;
  readonly onRemove: (one: DataObjectRole) => void;
  readonly isBusy: boolean;
}) {
  const t = useText();
  return (
    <ul className={styles.columns}>
      {props.roles.map((one) => (
        <li key={`${keyOf(one)} ${one.from.id}`} className={styles.column}>
          <span>
            {one.principalType === 'group' ? t('domains.group', { name: one.principalName }) : one.principalName}
          </span>
          <span className="text-2">{t(`owners.role.${one.role}`)}</span>
          <span className={styles.columnNote}>
            {one.isInherited ? t('owners.from', { path: one.from.objectPath.join('.') }) : t('owners.here')}
            {!one.isInherited && props.mayChange(one.role) && (
              <ActionButton
                tone="quiet"
                size="xs"
                label={t('owners.remove')}
                fullLabel={t('owners.removeFull', { role: t(`owners.role.${one.role}`), name: one.principalName })}
                isBusy={props.isBusy}
                onClick={() => props.onRemove(one)}
              />
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function AddHolder(props: {
  readonly own: readonly DataObjectRole[];
  readonly offered: readonly NodeRole[];
  readonly save: Save;
}) {
  const t = useText();
  const [chosen, setChosen] = useState<NodeRole>('Data Owner');
  const role = props.offered.includes(chosen) ? chosen : (props.offered[0] ?? chosen);
  const add = (one: Principal) =>
    props.save.mutate([...props.own.map(grantOf), { role, principalType: one.type, principalId: String(one.id) }]);
  const held = props.own.filter((one) => one.role === role);
  return (
    <div className={styles.part}>
      <NativeSelect
        label={t('owners.role')}
        description={t(`owners.hint.${role}`)}
        value={role}
        data={props.offered.map((value) => ({ value, label: t(`owners.role.${value}`) }))}
        onChange={(event) => setChosen(nodeRole.options.find((one) => one === event.currentTarget.value) ?? role)}
      />
      <FindPerson
        label={t('owners.add')}
        kinds="users-and-groups"
        exclude={new Set(held.map((one) => `${one.principalType}:${one.principalId}`))}
        onFind={add}
      />
    </div>
  );
}

/** Who answers for the data of a node and who looks after it, with where each role comes from; for some, to change. */
export function ObjectRoles({ id }: { id: string }) {
  const t = useText();
  const announce = useAnnounce();
  const roles = useOperation(listDataObjectRoles, { params: { id } });
  const command = useCommand(setDataObjectRoles, {
    invalidates: [listDataObjectRoles, readDataObject, readDataSource],
    onSuccess: () => announce(t('owners.saved')),
  });
  if (roles.error !== null) return <ErrorNotice problem={roles.error} onRetry={() => void roles.refetch()} />;
  if (roles.data === undefined) return <SkeletonText lines={2} />;
  const { data, abilities } = roles.data;
  const own = data.filter((one) => !one.isInherited);
  const mayChange = (role: NodeRole) =>
    abilityOn(abilities, role === 'Data Owner' ? 'assignOwner' : 'assignAdmin').allowed;
  const offered = nodeRole.options.filter(mayChange);
  const save: Save = {
    mutate: (next) => command.mutate({ params: { id }, body: { roles: next } }),
    isPending: command.isPending,
  };
  return (
    <>
      {data.length === 0 ? (
        <p className="text-2">{t('owners.none')}</p>
      ) : (
        <Holders
          roles={data}
          mayChange={mayChange}
          isBusy={save.isPending}
          onRemove={(gone) => save.mutate(own.filter((one) => keyOf(one) !== keyOf(gone)).map(grantOf))}
        />
      )}
      {command.error !== null && <ErrorNotice problem={command.error} isWrite />}
      {offered.length > 0 && <AddHolder own={own} offered={offered} save={save} />}
    </>
  );
}
