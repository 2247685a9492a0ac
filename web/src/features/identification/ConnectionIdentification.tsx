import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './identification.module.css';
import { StartButton } from './StartButton.tsx';

/** Runs over everything of a platform. */
export function ConnectionIdentification({ connectionKey }: { connectionKey: string }) {
  const t = useText();
  const may = useMay();
  return (
    <Section title={t('identification.domainRuns')} lead={t('identification.connectionLead')}>
      <div className={styles.acts}>
        {may('identification.run') && <StartButton body={{ connectionKey }} />}
        <LinkTo look="button" to="/govern/identification" search={{ connectionKey }}>
          {t('identification.allRuns')}
        </LinkTo>
      </div>
    </Section>
  );
}
