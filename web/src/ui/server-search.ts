import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';

type Answer = { readonly isPending: boolean; readonly isPlaceholderData: boolean };

/** What is typed into a `SearchSelect`, and the text to ask the server for once typing rests. */
export function useServerSearch() {
  const [typed, onSearch] = useState('');
  const [filter] = useDebouncedValue(typed, 200);
  return {
    typed,
    filter,
    onSearch,
    /** Do these still answer an earlier text? Then nothing of theirs may be taken by Enter. */
    isSearching: (...answers: readonly Answer[]): boolean =>
      typed !== filter || answers.some((one) => one.isPending || one.isPlaceholderData),
  };
}
