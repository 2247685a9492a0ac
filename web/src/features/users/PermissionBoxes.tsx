import { Checkbox } from '@mantine/core';
import { globalPermission, type GlobalPermission } from '@stoa/contract/enums';
import { useText } from '../../app/messages/use-text.tsx';
import styles from './People.module.css';

type Props = {
  readonly held: readonly GlobalPermission[];
  readonly onChange: (held: readonly GlobalPermission[]) => void;
  readonly isReadOnly: boolean;
};

/** The permissions that hold everywhere, each with what it is for. */
export function PermissionBoxes({ held, onChange, isReadOnly }: Props) {
  const t = useText();
  return (
    <div className={styles.boxes} role="group" aria-label={t('people.rights')}>
      {globalPermission.options.map((permission) => (
        <Checkbox
          key={permission}
          label={t(`people.permission.${permission}`)}
          description={t(`people.permissionHint.${permission}`)}
          checked={held.includes(permission)}
          disabled={isReadOnly}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? [...held, permission] : held.filter((other) => other !== permission))
          }
        />
      ))}
    </div>
  );
}
