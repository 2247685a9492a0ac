import type { TakeBackPlan } from '@stoa/contract/existing-grant';
import { useText } from '../../app/messages/use-text.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from '../connections/Connections.module.css';

/** Who loses something by a plan, those with the most first. */
export function Losing({ plan: { losing, losingCount } }: { plan: Pick<TakeBackPlan, 'losing' | 'losingCount'> }) {
  const t = useText();
  return (
    <Section title={t('takeBack.losing')} {...(losingCount === 0 ? {} : { lead: t('takeBack.losingLead') })}>
      {losingCount === 0 ? (
        <p>{t('takeBack.losingNone')}</p>
      ) : (
        <ul className={styles.askFor}>
          {losing.map(({ user, objectCount }) => (
            <li key={user.globalUserId}>{t('takeBack.losingOne', { name: user.name, count: objectCount })}</li>
          ))}
          {losing.length < losingCount && <li>{t('takeBack.losingMore', { count: losingCount - losing.length })}</li>}
        </ul>
      )}
    </Section>
  );
}
