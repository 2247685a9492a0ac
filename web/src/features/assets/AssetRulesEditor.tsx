import { NativeSelect, SegmentedControl } from '@mantine/core';
import { getAssetRequestForms, getAssetReviewFlows, type ObjectAsset } from '@stoa/contract/asset';
import type { RequestType } from '@stoa/contract/enums';
import { searchRequestForms } from '@stoa/contract/request-form';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { FlowEditor } from '../review-flows/FlowEditor.tsx';
import { startFlow, targetFlowOf } from '../review-flows/flow-draft.ts';
import { isFlowGood } from './asset-draft.ts';
import styles from './assets.module.css';
import { From } from './From.tsx';
import type { AssetEditor } from './use-asset-editor.ts';

const partOf = { DATA_ACCESS: 'dataAccess', MASKING_EXCEPTION: 'maskingException' } as const;

/** What the server found wrong with the flow, with paths that start at the flow. */
function problemsUnder(editor: AssetEditor, member: string) {
  const start = `body.${member}.`;
  return (editor.problem?.fields ?? [])
    .filter(({ path }) => path.startsWith(start))
    .map(({ path, message }) => ({ path: path.slice(start.length), message }));
}

type Props = { readonly asset: ObjectAsset; readonly editor: AssetEditor; readonly type: RequestType };

function useRules({ asset, editor, type }: Props) {
  const part = partOf[type];
  const params = { id: asset.id };
  const inForce = useOperation(getAssetRequestForms, { params });
  const flows = useOperation(getAssetReviewFlows, { params });
  const forms = useOperation(searchRequestForms, { query: { limit: 200, sortBy: 'name', sortOrder: 'asc' } });
  const own = editor.draft[part];
  const shownForm = part === 'dataAccess' ? inForce.data?.dataAccessForm : inForce.data?.maskingExceptionForm;
  const chosen = forms.data?.data.find((form) => form.id === own.formId);
  const form = own.formId === '' ? shownForm : (chosen ?? shownForm);
  const flow = part === 'dataAccess' ? flows.data?.dataAccessReviewFlow : flows.data?.maskingExceptionReviewFlow;
  const events = form === undefined ? [] : [...form.policy.rules.map((rule) => rule.event), form.policy.defaultEvent];
  return {
    part,
    own,
    forms,
    form,
    flow,
    inherited: asset.overrides?.[`${part}RequestFormId`] == null ? shownForm : undefined,
    /** Known while the asset has no flow of its own. */
    inheritedFlow: asset.overrides?.[`${part}ReviewFlow`] == null ? flow : undefined,
    delegates: form === undefined || events.some((event) => event.type === 'dataProductPolicy'),
  };
}

function FormSelect({ rules, editor }: { rules: ReturnType<typeof useRules>; editor: AssetEditor }) {
  const t = useText();
  const { part, own, forms, inherited } = rules;
  const giver = inherited?.inheritedFrom?.name;
  const inherit =
    inherited === undefined
      ? t('assetSettings.flowInherit')
      : giver === undefined
        ? t('assetSettings.formInherit', { name: inherited.name })
        : t('assetSettings.formInheritFrom', { giver, name: inherited.name });
  return (
    <>
      {forms.error !== null && <ErrorNotice problem={forms.error} onRetry={() => void forms.refetch()} />}
      <NativeSelect
        id={`asset-form-${part}`}
        label={t('assetSettings.form')}
        description={t('assetSettings.formHint')}
        data={[
          { value: '', label: inherit },
          ...(forms.data?.data ?? []).map((form) => ({ value: form.id, label: form.name })),
        ]}
        value={own.formId}
        onChange={(event) => editor.change({ [part]: { ...own, formId: event.currentTarget.value } })}
      />
    </>
  );
}

function FlowPart({ rules, editor }: { rules: ReturnType<typeof useRules>; editor: AssetEditor }) {
  const t = useText();
  const { part, own, form, flow, inheritedFlow, delegates } = rules;
  const setFlow = (value: typeof own.flow) => editor.change({ [part]: { ...own, flow: value } });
  const inherited = flow === undefined ? startFlow() : (targetFlowOf(flow) ?? startFlow());
  return (
    <div className={styles.askedPart}>
      <p className="group-label" id={`asset-flow-${part}`}>
        {t('assetSettings.flow')}
      </p>
      <div>
        <SegmentedControl
          aria-labelledby={`asset-flow-${part}`}
          data={[
            { value: 'inherit', label: t('assetSettings.flowInherit') },
            { value: 'own', label: t('assetSettings.flowOwn') },
          ]}
          value={own.flow === undefined ? 'inherit' : 'own'}
          onChange={(value) =>
            setFlow(value === 'own' ? { rules: [...inherited.rules], defaultEvent: inherited.defaultEvent } : undefined)
          }
        />
      </div>
      {!delegates && (
        <p className={styles.askedHead}>
          <span className={styles.inactive}>{t('assets.asked.inactive')}</span>
          <span className="small text-2">{t('assets.asked.inactiveText')}</span>
        </p>
      )}
      {own.flow === undefined && delegates && inheritedFlow !== undefined && (
        <>
          <p className={styles.askedHead}>
            <From giver={inheritedFlow.inheritedFrom} isOwn={false} />
          </p>
          <FlowEditor
            value={inheritedFlow}
            fields={form?.fields ?? []}
            mode="target"
            readOnly
            onChange={() => undefined}
          />
        </>
      )}
      {own.flow !== undefined && (
        <FlowEditor
          value={own.flow}
          fields={form?.fields ?? []}
          mode="target"
          problems={problemsUnder(editor, `${part}ReviewFlow`)}
          onChange={setFlow}
        />
      )}
      {editor.isTried && !isFlowGood(own.flow) && <p className={styles.warn}>{t('assetSettings.flowIncomplete')}</p>}
    </div>
  );
}

/** Form and reviewers of one type of request: as above, or own ones. */
export function AssetRulesEditor(props: Props) {
  const t = useText();
  const rules = useRules(props);
  return (
    <Section title={t(`assets.asked.type.${props.type}`)}>
      <div className={`${styles.fields} ${styles.wide}`}>
        <FormSelect rules={rules} editor={props.editor} />
        <FlowPart rules={rules} editor={props.editor} />
      </div>
    </Section>
  );
}
