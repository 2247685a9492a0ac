import { Kbd } from '@mantine/core';
import { Fragment } from 'react';
import { Dialog } from './Dialog.tsx';
import { useText } from '../app/messages/use-text.tsx';
import styles from './KeyboardHelp.module.css';
import { type KeyBinding, useKeyBindings } from './keys.tsx';

function Keys({ keys }: { keys: string }) {
  const t = useText();
  return keys.split(' ').map((key, at) => (
    <Fragment key={`${at}${key}`}>
      {at > 0 && <span className={styles.then}> {t('ui.help.then')} </span>}
      <Kbd size="xs">{key}</Kbd>
    </Fragment>
  ));
}

type Line = Pick<KeyBinding, 'keys' | 'label'>;

/** Of two for the same key the one that runs: the later. */
const uniqueKeys = (lines: readonly Line[]): readonly Line[] =>
  lines.filter((one, at) => lines.findLastIndex((other) => other.keys === one.keys) === at);

function Section({ title, bindings }: { title: string; bindings: readonly Line[] }) {
  if (bindings.length === 0) return null;
  return (
    <section>
      <h3 className="group-label">{title}</h3>
      <dl className={styles.list}>
        {bindings.map((binding) => (
          <div key={binding.keys} className={styles.row}>
            <dt>{binding.label}</dt>
            <dd>
              <Keys keys={binding.keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The keys of this page and of everywhere, from the same registrations that make them work. */
export function KeyboardHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useText();
  const bindings = useKeyBindings();
  const ofPage = bindings.filter((one) => one.scope === 'page');
  const taken = new Set(ofPage.map((one) => one.keys));
  const everywhere = bindings.filter((one) => one.scope === 'everywhere' && !taken.has(one.keys));
  const always = [
    { keys: 'Ctrl/⌘+K', label: t('shell.keys.palette') },
    { keys: 'Ctrl/⌘+Enter', label: t('shell.keys.submit') },
    { keys: 'Esc', label: t('shell.keys.escape') },
  ];
  return (
    <Dialog
      opened={isOpen}
      onClose={onClose}
      title={t('ui.help.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.columns}>
        <Section title={t('ui.help.thisPage')} bindings={uniqueKeys(ofPage)} />
        <Section title={t('ui.help.everywhere')} bindings={[...everywhere, ...always]} />
      </div>
    </Dialog>
  );
}
