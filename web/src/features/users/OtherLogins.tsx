import { listUsers, readUser, updateUser, type UserDetail } from '@stoa/contract/user';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { FindPerson } from './FindPerson.tsx';
import styles from './People.module.css';

type Login = { readonly globalUserId: string; readonly name: string };
/** The login to be joined, or that this one is to be parted from the others. */
type Asked = Login | 'part';

function useWords(user: UserDetail, asked: Asked | undefined) {
  const t = useText();
  const { name } = user;
  if (asked === undefined || asked === 'part')
    return {
      title: t('logins.partTitle', { name }),
      text: t('logins.partText', { count: user.otherLogins.length }),
      label: t('logins.part'),
      done: t('logins.parted', { name }),
    };
  const names = { name, other: asked.name };
  return {
    title: t('logins.joinTitle', names),
    text: t('logins.joinText'),
    label: t('logins.join'),
    done: t('logins.joined', names),
  };
}

/** The other logins of the human behind this one: four eyes takes all of them for one. */
export function OtherLogins({ user }: { user: UserDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const [asked, setAsked] = useState<Asked>();
  const words = useWords(user, asked);
  const ability = abilityOn(user.abilities, 'changePerson');
  const update = useCommand(updateUser, {
    invalidates: [readUser, listUsers],
    onSuccess: () => {
      announce(words.done);
      setAsked(undefined);
    },
  });
  const { globalUserId, otherLogins } = user;
  return (
    <Section title={t('logins.title')} lead={t('logins.lead')}>
      {otherLogins.length === 0 && <p className="text-2">{t('logins.none')}</p>}
      <ul className={styles.lines}>
        {otherLogins.map((one) => (
          <li key={one.globalUserId} className={styles.line}>
            <LinkTo to="/admin/people/$id" params={{ id: one.globalUserId }}>
              {one.name}
            </LinkTo>
            <span className="text-2 small">
              <span className="mono">{one.username}</span>
              {one.status === 'disabled' && ` ${t('logins.disabled')}`}
            </span>
          </li>
        ))}
      </ul>
      {ability.allowed && (
        <div className={styles.add}>
          <FindPerson
            label={t('logins.add')}
            kinds="users"
            exclude={new Set([globalUserId, ...otherLogins.map((one) => one.globalUserId)].map((id) => `user:${id}`))}
            onFind={(one) => one.type === 'user' && setAsked({ globalUserId: one.id, name: one.name })}
          />
        </div>
      )}
      {otherLogins.length > 0 && (
        <div className={styles.buttons}>
          <ActionButton label={t('logins.part')} ability={ability} onClick={() => setAsked('part')} />
        </div>
      )}
      <ConfirmDialog
        isOpen={asked !== undefined}
        title={words.title}
        confirmLabel={words.label}
        isBusy={update.isPending}
        problem={update.error}
        onConfirm={() =>
          asked !== undefined &&
          update.mutate({
            params: { globalUserId },
            body: { samePersonAs: asked === 'part' ? null : asked.globalUserId },
          })
        }
        onClose={() => {
          update.reset();
          setAsked(undefined);
        }}
      >
        <p>{words.text}</p>
      </ConfirmDialog>
    </Section>
  );
}
