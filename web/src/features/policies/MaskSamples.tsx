import type { Masking } from '@stoa/contract/masking';
import { useText } from '../../app/messages/use-text.tsx';
import { samplesOf } from './mask-sample.ts';
import styles from './policies.module.css';

/** Made-up values before and after, so that the author sees what readers will. */
export function MaskSamples({ masking }: { masking: Masking }) {
  const t = useText();
  const samples = samplesOf(masking);
  if (samples.length === 0) return <p className="caption text-2">{t('policies.sample.none')}</p>;
  return (
    <table className={styles.samples}>
      <caption>{t('policies.sample')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('policies.sample.before')}</th>
          <th scope="col">{t('policies.sample.after')}</th>
        </tr>
      </thead>
      <tbody>
        {samples.map(({ before, after }) => (
          <tr key={before}>
            <td>{before}</td>
            <td data-masked>{after ?? <i>{t('policies.sample.null')}</i>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
