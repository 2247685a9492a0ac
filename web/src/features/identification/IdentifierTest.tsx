import { Textarea, TextInput } from '@mantine/core';
import { testIdentifier } from '@stoa/contract/identifier';
import type { BodyOf } from '@stoa/contract/operation';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Section } from '../../ui/Section.tsx';
import { linesOf } from './identifier-draft.ts';
import styles from './identification.module.css';

type Criteria = Omit<BodyOf<typeof testIdentifier>, 'samples' | 'columnName'>;
type Props = { readonly criteria: Criteria; readonly readsName: boolean; readonly usesName: boolean };

/** Holds made-up values against what is written in the form, saved or not. */
export function IdentifierTest({ criteria, readsName, usesName }: Props) {
  const t = useText();
  const [text, setText] = useState('');
  const [columnName, setColumnName] = useState('');
  const [asked, setAsked] = useState<readonly string[]>([]);
  const test = useCommand(testIdentifier);
  const samples = linesOf(text).slice(0, 100);
  const run = () => {
    setAsked(samples);
    test.mutate({
      body: {
        ...criteria,
        samples: readsName ? [] : samples,
        ...(columnName.trim() === '' ? {} : { columnName: columnName.trim() }),
      },
    });
  };
  return (
    <Section title={t('identification.test')} lead={t('identification.testLead')}>
      <div className={styles.stack}>
        {(readsName || usesName) && (
          <TextInput
            label={t('identification.test.column')}
            value={columnName}
            maxLength={255}
            spellCheck={false}
            onChange={(event) => setColumnName(event.currentTarget.value)}
          />
        )}
        {!readsName && (
          <Textarea
            classNames={{ input: 'mono' }}
            label={t('identification.test.samples')}
            value={text}
            autosize
            minRows={4}
            maxRows={12}
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <div className={styles.acts}>
          <ActionButton label={t('identification.test.run')} isBusy={test.isPending} onClick={run} />
        </div>
        {test.error !== null && <ErrorNotice problem={test.error} />}
        {test.data !== undefined && <Result answer={test.data} asked={asked} />}
      </div>
    </Section>
  );
}

type Answer = { applies: boolean; nameFits: boolean | null; fits: readonly boolean[]; hitRatio: number | null };

function Result({ answer, asked }: { answer: Answer; asked: readonly string[] }) {
  const t = useText();
  if (answer.nameFits !== null) {
    return (
      <p role="status">{answer.nameFits ? t('identification.test.nameFits') : t('identification.test.nameNot')}</p>
    );
  }
  if (!answer.applies) return <p role="status">{t('identification.test.none')}</p>;
  const count = answer.fits.filter(Boolean).length;
  return (
    <>
      <p role="status">{t('identification.test.ratio', { count, total: answer.fits.length })}</p>
      <ul className={styles.samples} aria-label={t('identification.test.results')}>
        {answer.fits.map((fits, at) => (
          // Values may stand there twice; their places never change.
          <li key={`${at}${asked[at]}`}>
            <code className="mono">{asked[at]}</code>
            <span className={styles.mark} data-tone={fits ? 'success' : 'quiet'}>
              {fits ? t('identification.test.fits') : t('identification.test.not')}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
