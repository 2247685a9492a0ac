import { Textarea } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import styles from './links.module.css';
import { pastedNames } from './pasted-names.ts';
import { useLinkCheck } from './use-link-check.ts';

const LinkCheckResult = lazy(() => import('./LinkCheckResult.tsx').then((part) => ({ default: part.LinkCheckResult })));

/** What the names and links of a catalog lead to: pasted, or from a file, each answered for itself. */
export function LinkCheck() {
  const t = useText();
  const [text, setText] = useState('');
  const names = useMemo(() => pastedNames(text), [text]);
  const { state, run, stop } = useLinkCheck();
  const check = () => names.length > 0 && run(names);
  useKeys([{ keys: 'c', label: t('links.check'), scope: 'page', run: check }]);
  useCommands([{ id: 'links-check', label: t('links.check'), group: 'page', keys: 'c', run: check }]);
  return (
    <Section id="check" title={t('links.check')} lead={t('links.checkLead')}>
      <div className={styles.fields}>
        <Textarea
          label={t('links.checkPaste')}
          value={text}
          autosize
          minRows={4}
          maxRows={12}
          spellCheck={false}
          classNames={{ input: styles.paste ?? '' }}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <label className={styles.file}>
          <span>{t('links.checkFile')}</span>
          <input
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file !== undefined) void file.text().then(setText);
            }}
          />
        </label>
        <div className={styles.downloads}>
          <ActionButton
            label={t('links.checkRun', { count: names.length })}
            ability={names.length === 0 ? { allowed: false, reason: t('links.checkNothing') } : { allowed: true }}
            isBusy={state.isRunning}
            onClick={check}
          />
          {state.isRunning && <ActionButton label={t('links.checkStop')} onClick={stop} />}
        </div>
      </div>
      {state.total > 0 && (
        <Suspense fallback={<SkeletonText lines={3} />}>
          <LinkCheckResult state={state} />
        </Suspense>
      )}
    </Section>
  );
}
