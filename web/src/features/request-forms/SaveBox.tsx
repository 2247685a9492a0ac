import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { DifferenceList } from './DifferenceList.tsx';
import { linesOf } from './difference-words.ts';
import { placeOfProblem } from './form-draft.ts';
import type { FormEditor } from './use-form-editor.ts';
import styles from './forms.module.css';

export type Place = { readonly tab: 'questions' | 'review'; readonly fieldId?: string };

/** What stands in the way, each a way to its place. */
function Problems({ editor, goTo }: { editor: FormEditor; goTo: (place: Place) => void }) {
  const t = useText();
  const { lacks, problems, draft, isTried } = editor;
  const open = isTried
    ? lacks.map((lack) => {
        const n = draft.fields.findIndex((field) => field.id === lack.fieldId) + 1;
        const place: Place =
          lack.fieldId === undefined ? { tab: 'questions' } : { tab: 'questions', fieldId: lack.fieldId };
        const words = n === 0 ? t(lack.text) : t('forms.lackAt', { n, what: t(lack.text) });
        return { key: `${lack.text}-${lack.fieldId ?? ''}-${lack.option ?? ''}`, place, words };
      })
    : [];
  const found = problems.map(({ path, message }) => ({
    key: path,
    place: placeOfProblem(path, draft),
    words: message,
  }));
  const all = [...open, ...found];
  if (all.length === 0) return null;
  return (
    <div role="group" aria-label={t('forms.problems')}>
      <p className={styles.problemsTitle}>{t('forms.problemsCount', { count: all.length })}</p>
      <ul className={styles.problems}>
        {all.map(({ key, place, words }) => (
          <li key={key}>
            <button type="button" className={styles.problemLink} onClick={() => goTo(place)}>
              {words}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Whom a save reaches, before it is pressed. */
function Reach({ editor }: { editor: FormEditor }) {
  const t = useText();
  const { form, preview } = editor;
  if (form === undefined) return <p className="small text-2">{t('forms.reachNew')}</p>;
  const used = preview.data?.usedBy ?? form.usedBy;
  const pending = preview.data?.pendingRequests ?? 0;
  const count = (used?.dataProducts ?? 0) + (used?.assets ?? 0);
  return (
    <>
      <p className="small">
        {count === 0
          ? t('forms.reachNone')
          : t('forms.reach', { products: used?.dataProducts ?? 0, assets: used?.assets ?? 0 })}
      </p>
      {pending > 0 && (
        <p className="small">{t('forms.reachPending', { count: pending, n: form.versionNumber ?? 1 })}</p>
      )}
    </>
  );
}

function useSaveLabel({ form, preview }: FormEditor): string {
  const t = useText();
  if (form === undefined) return t('forms.make');
  const used = preview.data?.usedBy ?? form.usedBy;
  const n = (form.versionNumber ?? 1) + 1;
  const count = used?.dataProducts ?? 0;
  return count === 0 ? t('forms.save', { n }) : t('forms.saveReach', { n, count });
}

/** What would change, whom it reaches, and the one act that saves it. */
export function SaveBox({ editor, goTo }: { editor: FormEditor; goTo: (place: Place) => void }) {
  const t = useText();
  const label = useSaveLabel(editor);
  const { form, isChanged, isConflict, lacks, problems, preview, refused, isTried } = editor;
  const difference = form !== undefined && isChanged ? preview.data?.difference : undefined;
  const ability = isConflict
    ? { allowed: false, reason: t('forms.conflictFirst') }
    : form !== undefined && !isChanged
      ? { allowed: false, reason: t('forms.noChanges') }
      : problems.length > 0 || (isTried && lacks.length > 0)
        ? { allowed: false, reason: t('forms.problemsFirst') }
        : { allowed: true };
  return (
    <section className={styles.save} aria-labelledby="form-save">
      <h2 id="form-save" className={styles.boxTitle}>
        {t(form === undefined ? 'forms.newBox' : isChanged ? 'forms.changes' : 'forms.noChangesTitle')}
      </h2>
      {form !== undefined && !isChanged && <p className="text-2 small">{t('forms.noChanges')}</p>}
      {isChanged && lacks.length > 0 && !isTried && <p className="text-2 small">{t('forms.notWhole')}</p>}
      {difference !== undefined && lacks.length === 0 && linesOf(difference).length > 0 && (
        <DifferenceList difference={difference} />
      )}
      <Problems editor={editor} goTo={goTo} />
      {(isChanged || form === undefined) && <Reach editor={editor} />}
      {refused !== null && <ErrorNotice problem={refused} isWrite />}
      <ActionButton
        tone="primary"
        isFullWidth
        label={label}
        ability={ability}
        isBusy={editor.isBusy}
        onClick={editor.submit}
      />
      {isChanged && form !== undefined && (
        <ActionButton tone="quiet" size="xs" label={t('forms.discard')} onClick={editor.discard} />
      )}
    </section>
  );
}
