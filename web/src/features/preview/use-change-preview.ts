import { useDebouncedValue } from '@mantine/hooks';
import { type SimulatedChangeIn, simulate } from '@stoa/contract/simulation';
import { useOperation } from '../../lib/api.ts';

const restMilliseconds = 400;

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
