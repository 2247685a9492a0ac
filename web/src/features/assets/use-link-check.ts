import { type CheckedName, checkLinks } from '@stoa/contract/asset-link';
import { useEffect, useRef, useState } from 'react';
import { call } from '../../lib/api.ts';
import { ApiProblem } from '../../lib/api-problem.ts';
import { batchesOf, type NameBatch, type WantedName } from './pasted-names.ts';

export type LinkCheckState = {
  readonly total: number;
  readonly done: number;
  /** In the order of the names; undefined where the answer is still out. */
  readonly results: readonly (CheckedName | undefined)[];
  readonly isRunning: boolean;
  /** The server takes so many in a minute: the rest waits. */
  readonly isWaiting: boolean;
  readonly problem: ApiProblem | null;
};

const nothing: LinkCheckState = { total: 0, done: 0, results: [], isRunning: false, isWaiting: false, problem: null };
const waitMs = 5_000;

const pause = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, waitMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** One batch after the other; where the server asks for patience, it is had. */
async function checkBatch(batch: NameBatch, signal: AbortSignal, onWait: () => void): Promise<CheckedName[]> {
  for (;;) {
    try {
      const query = { ...batch.filter, fqn: batch.names.map((one) => one.name) };
      return (await call(checkLinks, { query }, { signal })).data;
    } catch (cause) {
      if (!(cause instanceof ApiProblem) || cause.status !== 429 || signal.aborted) throw cause;
      onWait();
      await pause(signal);
    }
  }
}

/** Checks names by the hundred, shows what is known so far, and can be stopped. */
export function useLinkCheck() {
  const [state, setState] = useState(nothing);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const run = async (names: readonly WantedName[]) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    const results: (CheckedName | undefined)[] = names.map(() => undefined);
    let done = 0;
    const show = (part: Partial<LinkCheckState>) => {
      if (running.current === controller)
        setState({ ...nothing, total: names.length, done, results: [...results], isRunning: true, ...part });
    };
    show({});
    try {
      for (const batch of batchesOf(names)) {
        const answers = await checkBatch(batch, signal, () => show({ isWaiting: true }));
        for (const [place, { at }] of batch.names.entries()) results[at] = answers[place];
        done += batch.names.length;
        show({});
      }
      show({ isRunning: false });
    } catch (cause) {
      show({ isRunning: false, problem: cause instanceof ApiProblem && !signal.aborted ? cause : null });
      if (!(cause instanceof ApiProblem) && !signal.aborted) throw cause;
    }
  };
  return { state, run: (names: readonly WantedName[]) => void run(names), stop: () => running.current?.abort() };
}
