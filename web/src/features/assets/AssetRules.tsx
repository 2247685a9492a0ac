import { getAssetRequestForms, getAssetReviewFlows, type ObjectAsset } from '@stoa/contract/asset';
import type { AnswerOf } from '@stoa/contract/operation';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { FlowEditor } from '../review-flows/FlowEditor.tsx';
import styles from './assets.module.css';
import { From } from './From.tsx';

type Form = AnswerOf<typeof getAssetRequestForms>['dataAccessForm'];
type Flow = AnswerOf<typeof getAssetReviewFlows>['dataAccessReviewFlow'];

function FormPart({ form, isOwn }: { form: Form; isOwn: boolean }) {
  const t = useText();
  const agreements = form.dataUseAgreements.length;
  return (
    <div className={styles.askedPart}>
      <p className="group-label">{t('assets.asked.form')}</p>
      <p className={styles.askedHead}>
        <strong>{form.name}</strong>
        <From giver={form.inheritedFrom} isOwn={isOwn} />
      </p>
      <p className="small text-2">
        {[
          t('assets.asked.questions', { count: form.fields.length }),
          agreements === 0 ? undefined : t('assets.asked.agreements', { count: agreements }),
        ]
          .filter((part) => part !== undefined)
          .join(', ')}
      </p>
      <ul>
        {form.fields.map((field) => (
          <li key={field.id}>{field.label}</li>
        ))}
      </ul>
    </div>
  );
}

function ActiveFlow({ form, flow, isOwn }: { form: Form; flow: Flow; isOwn: boolean }) {
  const t = useText();
  return (
    <div className={styles.askedPart}>
      <p className="group-label">{t('assets.asked.flow')}</p>
      <p className={styles.askedHead}>
        <From giver={flow.inheritedFrom} isOwn={isOwn} />
      </p>
      <FlowEditor value={flow} fields={form.fields} mode="target" readOnly onChange={() => undefined} />
    </div>
  );
}

/** The form wins: its own reviewers are asked, and what is stored for the asset is shown as such. */
function FormsFlow({ form, flow, isOwn }: { form: Form; flow: Flow; isOwn: boolean }) {
  const t = useText();
  const [isShown, setIsShown] = useState(false);
  const isStored = isOwn || flow.inheritedFrom !== undefined;
  return (
    <div className={styles.askedPart}>
      <p className="group-label">{t('assets.asked.flow')}</p>
      <p>{t('assets.asked.byForm')}</p>
      <FlowEditor value={form.policy} fields={form.fields} mode="form" readOnly onChange={() => undefined} />
      {isStored && (
        <>
          <p className={styles.askedHead}>
            <span className={styles.inactive}>{t('assets.asked.inactive')}</span>
            <From giver={flow.inheritedFrom} isOwn={isOwn} />
          </p>
          <p className="small text-2">{t('assets.asked.inactiveText')}</p>
          <div>
            <ActionButton
              size="xs"
              label={t(isShown ? 'assets.asked.hideFlow' : 'assets.asked.showFlow')}
              onClick={() => setIsShown(!isShown)}
            />
          </div>
          {isShown && (
            <FlowEditor value={flow} fields={form.fields} mode="target" readOnly onChange={() => undefined} />
          )}
        </>
      )}
    </div>
  );
}

const types = ['DATA_ACCESS', 'MASKING_EXCEPTION'] as const;

/** Per type of request: the form to fill in and the reviewers, and which asset gives each. */
export function AssetRules({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const params = { id: asset.id };
  const forms = useOperation(getAssetRequestForms, { params });
  const flows = useOperation(getAssetReviewFlows, { params });
  const problem = forms.error ?? flows.error;
  if (problem !== null) {
    return <ErrorNotice problem={problem} onRetry={() => void Promise.all([forms.refetch(), flows.refetch()])} />;
  }
  if (forms.data === undefined || flows.data === undefined) return <SkeletonText lines={6} />;
  const { overrides } = asset;
  const parts = {
    DATA_ACCESS: {
      form: forms.data.dataAccessForm,
      flow: flows.data.dataAccessReviewFlow,
      isOwnForm: overrides?.dataAccessRequestFormId != null,
      isOwnFlow: overrides?.dataAccessReviewFlow != null,
    },
    MASKING_EXCEPTION: {
      form: forms.data.maskingExceptionForm,
      flow: flows.data.maskingExceptionReviewFlow,
      isOwnForm: overrides?.maskingExceptionRequestFormId != null,
      isOwnFlow: overrides?.maskingExceptionReviewFlow != null,
    },
  };
  return (
    <Section title={t('assets.asked.title')}>
      <div className={styles.asked}>
        {types.map((type) => {
          const { form, flow, isOwnForm, isOwnFlow } = parts[type];
          if (form === undefined || flow === undefined) return null;
          return (
            <section key={type} aria-label={t(`assets.asked.type.${type}`)} className={styles.askedPart}>
              <h3>{t(`assets.asked.type.${type}`)}</h3>
              <FormPart form={form} isOwn={isOwnForm} />
              {flow.isActive === false ? (
                <FormsFlow form={form} flow={flow} isOwn={isOwnFlow} />
              ) : (
                <ActiveFlow form={form} flow={flow} isOwn={isOwnFlow} />
              )}
            </section>
          );
        })}
      </div>
    </Section>
  );
}
