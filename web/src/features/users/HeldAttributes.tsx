import type { UserDetail } from '@stoa/contract/user';
import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './People.module.css';

/** Every attribute that counts for a person, with where it comes from: their own, a group's, a provider's. */
export function HeldAttributes({ user }: { user: UserDetail }) {
  const t = useText();
  return (
    <Section title={t('holding.held')} lead={t('holding.heldLead')}>
      {user.heldAttributes.length === 0 && <p className="text-2">{t('holding.none')}</p>}
      <ul className={styles.lines}>
        {user.heldAttributes.map((one) => (
          <li key={JSON.stringify([one.name, one.value, one.source, one.viaGroup?.id])} className={styles.line}>
            <LinkTo to="/admin/people" search={{ attributeName: one.name, attributeValue: one.value }}>
              {one.name}: {one.value}
            </LinkTo>
            <span className="text-2 small">
              {one.viaGroup === undefined ? (
                t(one.source === 'local' ? 'holding.held.own' : 'holding.held.provider', { source: one.source })
              ) : (
                <>
                  {t('holding.held.by')}{' '}
                  <LinkTo to="/admin/groups/$id" params={{ id: String(one.viaGroup.id) }}>
                    {one.viaGroup.name}
                  </LinkTo>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
