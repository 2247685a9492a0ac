import type { Operation } from '@stoa/contract/operation';
import { type ReactNode, useState } from 'react';
import { type CommandOptions, type InputOf, useCommand } from '../../lib/api.ts';
import { ChangeDialog, type Confirmed } from './ChangeDialog.tsx';
import { callOf } from './call-of.ts';

/** How the dialog speaks of a change. */
export type ChangeWords = {
  readonly title: string;
  readonly confirmLabel: string;
  readonly tone?: 'primary' | 'danger';
  readonly text?: ReactNode;
};

type Waiting<O extends Operation> = { readonly input: InputOf<O>; readonly words: ChangeWords };

/** Operations of this kind take what was confirmed in their query. */
const withConfirmed = <O extends Operation>(input: InputOf<O>, confirmed: Confirmed): InputOf<O> => {
  const { query }: { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown } = input;
  return { ...input, query: { ...(typeof query === 'object' ? query : {}), ...confirmed } };
};

/**
 * Makes a change by which people may lose access: `ask` shows what it would do, and the dialog makes it. The dialog has to be
 * rendered where the change is made.
 */
export function useChange<O extends Operation>(operation: O, options: CommandOptions<O> = {}) {
  const [waiting, setWaiting] = useState<Waiting<O>>();
  const [isOpen, setIsOpen] = useState(false);
  const command = useCommand(operation, {
    ...options,
    onSuccess: (answer, input) => {
      setIsOpen(false);
      options.onSuccess?.(answer, input);
    },
  });
  const close = () => {
    command.reset();
    setIsOpen(false);
  };
  return {
    isPending: command.isPending,
    isOpen,
    close,
    /** Sends again what was confirmed. */
    send: (input: InputOf<O>) => command.mutate(input),
    ask: (input: InputOf<O>, words: ChangeWords) => {
      command.reset();
      setWaiting({ input, words });
      setIsOpen(true);
    },
    dialog: waiting !== undefined && (
      <ChangeDialog
        isOpen={isOpen}
        title={waiting.words.title}
        confirmLabel={waiting.words.confirmLabel}
        tone={waiting.words.tone ?? 'primary'}
        change={callOf(operation, waiting.input)}
        isBusy={command.isPending}
        problem={command.error}
        onConfirm={(confirmed) => command.mutate(withConfirmed<O>(waiting.input, confirmed))}
        onClose={close}
      >
        {waiting.words.text}
      </ChangeDialog>
    ),
  };
}
