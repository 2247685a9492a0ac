import type { Operation } from '@stoa/contract/operation';
import { useRef, useState } from 'react';
import { type CommandOptions, type InputOf, tagOf } from '../../lib/api.ts';
import { type ChangeWords, useChange } from '../preview/use-change.tsx';

type Over<A> = {
  /** The answer that the change is made to. */
  readonly shown: A;
  readonly refetch: () => Promise<{ readonly data: A | undefined }>;
  /** What of it the change is about. */
  readonly part: (shown: A) => unknown;
};

/**
 * A change of what is shown. Where somebody else changed that since, the server refuses: then it is read again, what is written
 * stays, and `hasMoved` says so. Where something else of the same answer moved, it is sent once more.
 */
export function useChangeOver<O extends Operation, A>(
  operation: O,
  { shown, refetch, part }: Over<A>,
  options: Omit<CommandOptions<O>, 'ifMatch' | 'onError'> = {},
) {
  const base = useRef(shown);
  const [hasMoved, setHasMoved] = useState(false);
  const change = useChange(operation, {
    ...options,
    ifMatch: () => tagOf(base.current),
    onError: (problem, input) => {
      if (problem.status === 412) void again(input);
    },
  });
  const again = async (input: InputOf<O>) => {
    const before = base.current;
    const { data } = await refetch();
    if (data === undefined) return;
    base.current = data;
    if (JSON.stringify(part(data)) === JSON.stringify(part(before)) && tagOf(data) !== tagOf(before)) {
      change.send(input);
      return;
    }
    change.close();
    setHasMoved(true);
  };
  return {
    ...change,
    hasMoved,
    ask: (input: InputOf<O>, words: ChangeWords) => {
      base.current = shown;
      setHasMoved(false);
      change.ask(input, words);
    },
  };
}
