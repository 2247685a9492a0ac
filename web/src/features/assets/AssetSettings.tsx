import { Textarea, TextInput } from '@mantine/core';
import type { ObjectAsset } from '@stoa/contract/asset';
import type { KeyboardEvent } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { Chips } from '../../ui/Chips.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LeaveQuestion } from '../../ui/LeaveQuestion.tsx';
import { Section } from '../../ui/Section.tsx';
import { FindPerson } from '../users/FindPerson.tsx';
import { AssetRulesEditor } from './AssetRulesEditor.tsx';
import { isLinkGood } from './asset-draft.ts';
import styles from './assets.module.css';
import { type AssetEditor, useAssetEditor } from './use-asset-editor.ts';

function Words({ editor, asset }: { editor: AssetEditor; asset: ObjectAsset }) {
  const t = useText();
  const { draft, change } = editor;
  return (
    <Section title={t('assetSettings.describe')} lead={t('assetSettings.describeLead')}>
      <div className={styles.fields}>
        <Textarea
          id="asset-description"
          label={t('assetSettings.description')}
          description={
            asset.comment == null || asset.comment === ''
              ? t('assetSettings.descriptionHintNone')
              : t('assetSettings.descriptionHint', { comment: asset.comment.slice(0, 120) })
          }
          value={draft.description}
          maxLength={10_000}
          autosize
          minRows={3}
          maxRows={16}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <TextInput
          id="asset-link"
          type="url"
          label={t('assetSettings.link')}
          description={t('assetSettings.linkHint')}
          value={draft.externalLink}
          maxLength={2_000}
          error={editor.isTried && !isLinkGood(draft.externalLink) ? t('assetSettings.linkBad') : undefined}
          onChange={(event) => change({ externalLink: event.currentTarget.value })}
        />
        <div className={styles.askedPart}>
          <h3>{t('assetSettings.experts')}</h3>
          {draft.experts.length === 0 ? (
            <p className="text-2">{t('assetSettings.expertsNone')}</p>
          ) : (
            <Chips
              label={t('assetSettings.experts')}
              items={draft.experts.map((one) => ({ key: one.id, text: one.name }))}
              onRemove={(id) => change({ experts: draft.experts.filter((one) => one.id !== id) })}
            />
          )}
          <FindPerson
            label={t('assetSettings.expertAdd')}
            kinds="users"
            exclude={new Set(draft.experts.map((one) => `user:${one.id}`))}
            onFind={(one) =>
              one.type === 'user' && change({ experts: [...draft.experts, { id: one.id, name: one.name }] })
            }
          />
        </div>
      </div>
    </Section>
  );
}

function Rail({ editor }: { editor: AssetEditor }) {
  const t = useText();
  const { fields } = editor;
  return (
    <aside className={styles.rail2} aria-label={t('assetSettings.changes')}>
      <h2>{t('assetSettings.changes')}</h2>
      {fields.length === 0 ? (
        <p className="text-2">{t(editor.isSaved ? 'assetSettings.saved' : 'assetSettings.unchanged')}</p>
      ) : (
        <ul className={styles.changes}>
          {fields.map((field) => (
            <li key={field}>{t(`assetSettings.field.${field}`)}</li>
          ))}
        </ul>
      )}
      {editor.hasMoved && <Banner tone="warning">{t('assetSettings.moved')}</Banner>}
      {editor.problem !== null && <ErrorNotice problem={editor.problem} isWrite />}
      <ActionButton
        tone="primary"
        isFullWidth
        label={t('assetSettings.save')}
        ability={fields.length === 0 ? { allowed: false, reason: t('assetSettings.unchanged') } : { allowed: true }}
        isBusy={editor.isBusy}
        onClick={editor.submit}
      />
    </aside>
  );
}

/** Where governors describe an asset and set its form and reviewers, for it and whatever lies below. */
export function AssetSettings({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const editor = useAssetEditor(asset);
  useCommands([
    { id: 'asset-save', label: t('assetSettings.save'), group: 'page', keys: 'Ctrl S', run: editor.submit },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    const isSave = (event.ctrlKey || event.metaKey) && (event.key.toLowerCase() === 's' || event.key === 'Enter');
    if (!isSave) return;
    event.preventDefault();
    editor.submit();
  };
  return (
    <div className="detail" onKeyDown={onKeyDown}>
      <LeaveQuestion mustAsk={() => editor.isUnsaved} isOnTab />
      <div>
        <AssetRulesEditor asset={asset} editor={editor} type="DATA_ACCESS" />
        <AssetRulesEditor asset={asset} editor={editor} type="MASKING_EXCEPTION" />
        <Words editor={editor} asset={asset} />
      </div>
      <Rail editor={editor} />
    </div>
  );
}
