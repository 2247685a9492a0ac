import { PageHeader } from '../../ui/PageHeader.tsx';
import { Brand } from '../TopBar.tsx';
import styles from './Catalogue.module.css';
import { FlowSamples } from './FlowSamples.tsx';
import { FormSamples } from './FormSamples.tsx';
import { ListSamples } from './ListSamples.tsx';
import { MarkSamples } from './MarkSamples.tsx';
import { NoticeSamples } from './NoticeSamples.tsx';
import { RailSamples } from './RailSamples.tsx';
import { TokenSamples } from './TokenSamples.tsx';

/** Every component in every state, for eyes and for the accessibility check. Not part of a production build. */
export function CataloguePage() {
  return (
    <>
      <header className={styles.top}>
        <Brand />
      </header>
      <main className={styles.page}>
        <PageHeader title="The register" section="Components" lead="Every component in every state." />
        <RailSamples />
        <MarkSamples />
        <ListSamples />
        <FormSamples />
        <FlowSamples />
        <NoticeSamples />
        <TokenSamples />
      </main>
    </>
  );
}
