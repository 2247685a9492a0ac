import { Checkbox } from '@mantine/core';
import { getAgreementVersion } from '@stoa/contract/data-use-agreement';
import type { AgreementText } from '@stoa/contract/request-form';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { AgreementBox } from './AgreementBox.tsx';
import styles from './AgreementText.module.css';
import { TextDifference } from '../../ui/TextDifference.tsx';

type Accepted = { readonly id: string; readonly version: number };
type Shown = Pick<AgreementText, 'id' | 'name' | 'body' | 'version'>;

/** The id of an agreement's box, for the summary of errors to link to. */
export const agreementId = (id: string): string => `agreement-${id}`;

/** What is new since the version that was ticked before. */
function Changed({ agreement, before }: { agreement: Shown; before: number }) {
  const t = useText();
  const old = useOperation(getAgreementVersion, { params: { id: agreement.id, version: before } });
  if (old.data === undefined) return null;
  return (
    <div role="status" className={styles.agreement}>
      <p>
        <strong>{t('acceptance.changed', { version: before })}</strong>
      </p>
      <TextDifference before={old.data.body} after={agreement.body} />
    </div>
  );
}

type Props = {
  readonly agreements: readonly Shown[];
  readonly accepted: readonly Accepted[];
  readonly errorOf: (id: string) => string | undefined;
  readonly onChange: (accepted: Accepted[]) => void;
};

/** The texts to be accepted, each with its version and a box to tick. A tick is for the very version that is shown. */
export function AgreementsToAccept({ agreements, accepted, errorOf, onChange }: Props) {
  const t = useText();
  return (
    <div className={styles.agreements}>
      {agreements.map((agreement) => {
        const { id, name, body, version = 1 } = agreement;
        const before = accepted.find((one) => one.id === id)?.version;
        const others = accepted.filter((one) => one.id !== id);
        return (
          <div key={id} className={styles.agreement}>
            <h3>{name}</h3>
            {before !== undefined && before !== version && <Changed agreement={agreement} before={before} />}
            <AgreementBox name={name} body={body} />
            <Checkbox
              id={agreementId(id)}
              checked={before === version}
              error={errorOf(id)}
              label={t('acceptance.accept', { name, version })}
              onChange={(event) => onChange(event.currentTarget.checked ? [...others, { id, version }] : others)}
            />
          </div>
        );
      })}
    </div>
  );
}
