import '@mantine/spotlight/styles.layer.css';
import { Kbd } from '@mantine/core';
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useEffect, useState } from 'react';
import { type MessageId, useText } from '../app/messages/use-text.tsx';
import styles from './CommandPalette.module.css';
import { type CommandGroup, useRegisteredCommands } from './commands.tsx';

const groups: readonly (readonly [CommandGroup, MessageId])[] = [
  ['page', 'ui.palette.page'],
  ['goTo', 'ui.palette.goTo'],
  ['settings', 'ui.palette.settings'],
];

/** The command palette: the acts of this page first, then where one can go. Loaded when it is first asked for. */
export function CommandPalette({ opened }: { opened: number }) {
  const t = useText();
  const commands = useRegisteredCommands();
  const [[store, spotlight]] = useState(createSpotlight);
  useEffect(() => {
    if (opened > 0) spotlight.open();
  }, [opened, spotlight]);
  const actions = groups
    .map(
      ([group, label]): SpotlightActionGroupData => ({
        group: t(label),
        actions: commands
          .filter((command) => command.group === group)
          .map((command) => ({
            id: command.id,
            label: command.label,
            ...(command.description === undefined ? {} : { description: command.description }),
            ...(command.keys === undefined ? {} : { rightSection: <Kbd size="xs">{command.keys}</Kbd> }),
            onClick: command.run,
          })),
      }),
    )
    .filter((group) => group.actions.length > 0);
  return (
    <Spotlight
      store={store}
      shortcut={null}
      actions={actions}
      nothingFound={t('ui.palette.nothing')}
      scrollable
      maxHeight="min(480px, 70dvh)"
      radius="md"
      overlayProps={{ blur: 0, backgroundOpacity: 1, color: 'var(--scrim)' }}
      aria-label={t('ui.palette.title')}
      searchProps={{ placeholder: t('ui.palette.search'), 'aria-label': t('ui.palette.search') }}
      classNames={{ actionsGroup: styles.group ?? '', action: styles.action ?? '', search: styles.search ?? '' }}
    />
  );
}
