import type { FaultWorld, Small } from './fault-world.ts';

/** How much of each is done; the defaults fit into a night. */
export type Amounts = {
  /** Times that each point of the kill matrix is passed. */
  rounds: number;
  /** Kills at random moments. */
  kills: number;
  /** Minutes of mixed load on two replicas. */
  minutes: number;
  /** Rounds of each race, and cuts of each kind around a statement. */
  races: number;
  /** System calls of an approval at which the server is killed. */
  calls: number;
};

/** What came of one fault: how often it was done, and every sentence about what must not be. */
export type Outcome = { what: string; runs: number; violations: string[] };

export type Fault = {
  title: string;
  /** Reports each outcome as it comes. A fault that needs no installation of its own leaves `world` unmade. */
  run: (context: FaultContext) => Promise<void>;
};

export type FaultContext = {
  amounts: Amounts;
  /** An installation of this fault's own, removed when it is over. */
  makeWorld: (more?: Record<string, string>, small?: Small) => Promise<FaultWorld>;
  report: (outcome: Outcome) => void;
  /** One more is done, with so many violations; for whoever watches. */
  tick: (violations?: number) => void;
};
