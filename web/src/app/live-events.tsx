import type { Operation } from '@stoa/contract/operation';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { Held } from './held-changes.ts';
import type { startLive } from './live-stream.ts';

export type LiveMode = 'connecting' | 'live' | 'polling';

type Live = { readonly mode: LiveMode; readonly held: Held; readonly release: (operationId: string) => void };
const LiveContext = createContext<Live>({ mode: 'connecting', held: new Map(), release: () => undefined });

export function LiveEvents({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [mode, setMode] = useState<LiveMode>('connecting');
  const [held, setHeld] = useState<Held>(() => new Map());
  const stream = useRef<ReturnType<typeof startLive>>(undefined);
  useEffect(() => {
    let isLeft = false;
    // Nothing of it is needed to show a page.
    void import('./live-stream.ts').then((module) => {
      if (!isLeft) stream.current = module.startLive(client, { onMode: setMode, onHeld: setHeld });
    });
    return () => {
      isLeft = true;
      stream.current?.stop();
      stream.current = undefined;
    };
  }, [client]);
  const live = useMemo<Live>(
    () => ({ mode, held, release: (operationId) => stream.current?.release(operationId) }),
    [mode, held],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** How the page hears of changes. Queries are read again by themselves; only the shell needs to ask. */
export const useLiveEvents = (): LiveMode => useContext(LiveContext).mode;

/** For a list read with `hold`: how many changes wait, and the act that shows them. */
export function useHeldChanges(operation: Operation): { readonly count: number; readonly show: () => void } {
  const { held, release } = useContext(LiveContext);
  const client = useQueryClient();
  return {
    count: held.get(operation.id)?.size ?? 0,
    show: () => {
      release(operation.id);
      void client.invalidateQueries({ queryKey: [operation.id] });
    },
  };
}
