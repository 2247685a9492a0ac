import tokens from '../../ui/tokens.css?raw';
import styles from './Catalogue.module.css';
import { Sample } from './Sample.tsx';

const names = [...tokens.matchAll(/^ {2}--([a-z0-9-]+): light-dark/gm)].map(([, name]) => name ?? '');

export function TokenSamples() {
  return (
    <Sample title="Tokens">
      <div className={styles.swatches}>
        {names.map((name) => (
          <div key={name} className={styles.swatch}>
            <span style={{ background: `var(--${name})` }} />
            <code className="mono">{name}</code>
          </div>
        ))}
      </div>
      <p className="display">Display</p>
      <p className="lead">Lead: an official register of who may see what.</p>
      <p className="group-label">Group label</p>
      <p className="mono">mono: Il1 O0 SELECT "naïve"</p>
    </Sample>
  );
}
