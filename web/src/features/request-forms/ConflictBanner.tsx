import { compareRequestFormVersions, type RequestForm } from '@stoa/contract/request-form';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { DifferenceList } from './DifferenceList.tsx';
import type { FormEditor } from './use-form-editor.ts';
import styles from './forms.module.css';

/** Somebody saved another version meanwhile: what they changed, and whose text goes on. One's own is kept until then. */
export function ConflictBanner({ editor, form }: { editor: FormEditor; form: RequestForm }) {
  const t = useText();
  const { version: from } = editor.base;
  const difference = useOperation(compareRequestFormVersions, {
    params: { id: form.id, version: form.version },
    query: from === undefined ? {} : { from },
  });
  return (
    <Banner tone="warning">
      <p>{t('forms.conflict', { name: form.updatedBy.name, n: form.versionNumber ?? 1 })}</p>
      {difference.data !== undefined && <DifferenceList difference={difference.data.difference} />}
      <div className={styles.buttons}>
        <ActionButton size="xs" label={t('forms.takeTheirs')} onClick={editor.takeTheirs} />
        <ActionButton size="xs" label={t('forms.keepMine')} onClick={editor.keepMine} />
      </div>
    </Banner>
  );
}
