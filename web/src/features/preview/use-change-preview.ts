import { useDebouncedValue } from '@mantine/hooks';
import { type SimulatedChangeIn, simulate } from '@stoa/contract/simulation';
import type { Operation } from '@stoa/contract/operation';
import { type InputOf, useOperation } from '../../lib/api.ts';

const restMilliseconds = 400;

/** An operation as it would be called, for the preview of what it would do. */
export function callOf<O extends Operation>(operation: O, input: InputOf<O>): SimulatedChangeIn {
  const { params, query, body }: { params?: unknown; query?: unknown; body?: unknown } = input;
  return {
    change: 'call',
    operation: operation.id,
    ...(params === undefined ? {} : { params: { ...params } }),
    ...(query === undefined ? {} : { query: { ...query } }),
    ...(body === undefined ? {} : { body }),
  };
}

/**
 * What changes would come to: asked again once typing rests, and never shown for older ones.
 * @param isReady something is still to be chosen while it is false: then nothing is asked
 */
export function useChangePreview(changes: readonly SimulatedChangeIn[], isReady: boolean) {
  const text = JSON.stringify(changes);
  const [asked] = useDebouncedValue({ text, changes }, restMilliseconds);
  const isSettled = asked.text === text;
  const body = { changes: [...asked.changes], statements: false };
  const found = useOperation(simulate, { body }, { enabled: isSettled && isReady });
  const isShown = isReady && isSettled && !found.isFetching;
  return {
    changes,
    isReady,
    isCounting: isReady && (!isSettled || found.isPending || found.isFetching),
    simulation: isShown && found.error === null ? found.data : undefined,
    problem: isShown ? found.error : null,
    retry: () => void found.refetch(),
  };
}
export type ChangePreview = ReturnType<typeof useChangePreview>;
