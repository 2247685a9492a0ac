import type { AccessRequestPreview } from '@stoa/contract/access-request';
import { getApplicationSettings } from '@stoa/contract/settings';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { PersonPicker } from './PersonPicker.tsx';
import styles from './request-form.module.css';

type Props = {
  readonly value: string;
  readonly onChange: (globalUserId: string) => void;
  readonly preview: AccessRequestPreview | undefined;
  /** Access that is extended stays with the person who has it. */
  readonly fixed: string | undefined;
};

function useHint(): { isAlone: boolean; hint: string | undefined } {
  const t = useText();
  const onBehalf = useOperation(getApplicationSettings, {}).data?.onBehalf ?? 'anyone';
  return {
    isAlone: onBehalf === 'nobody',
    hint: onBehalf === 'same_group' || onBehalf === 'managers' ? t(`asking.form.onBehalf.${onBehalf}`) : undefined,
  };
}

/** For whom the access is: oneself, or somebody else where the installation allows it. */
export function ForWhom({ value, onChange, preview, fixed }: Props) {
  const t = useText();
  const me = useCurrentUser();
  const { isAlone, hint } = useHint();
  const isOther = me !== undefined && value !== me.globalUserId;
  const refusal = preview?.refusal?.code === 'access_request.on_behalf_refused' ? preview.refusal.detail : undefined;
  const self = me === undefined ? '' : t('asking.form.self', { name: me.displayName, username: me.username });
  return (
    <section className="ruled" aria-labelledby="request-1">
      <h2 id="request-1">{t('asking.form.1')}</h2>
      <div className={`form-column ${styles.who}`}>
        {fixed !== undefined ? (
          <p>
            <strong>{fixed}</strong>
          </p>
        ) : isAlone && !isOther ? (
          <p>
            <strong>{self}</strong>
          </p>
        ) : (
          <PersonPicker value={value} onChange={onChange} />
        )}
        {hint !== undefined && fixed === undefined && <p className="small text-2">{hint}</p>}
        {refusal !== undefined && (
          <p role="alert" className={styles.wrong}>
            {refusal}
          </p>
        )}
        {isOther && preview?.awaitsBeneficiary === true && refusal === undefined && (
          <p className="small">{t('asking.form.awaits')}</p>
        )}
      </div>
    </section>
  );
}
