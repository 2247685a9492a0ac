import type { Risk } from '@stoa/contract/enums';

export type ChatFacts = {
  /** Whether the reader could decide it in the web app now. */
  readonly mayDecide: boolean;
  readonly risk: Risk;
  /** Who asked, and who would get the access. */
  readonly parties: readonly ('human' | 'service')[];
  /** Facts that no statistics outweigh, as the evidence names them. */
  readonly signals: readonly { readonly severity: 'info' | 'warn' | 'stop'; readonly text: string }[];
};
export type ChatDecision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/**
 * Whether a reader may decide a request where they read of it, in a chat, on the evidence in short. What is dangerous or
 * unusual is decided where all of the evidence stands: in the web app (ecosystem.md 6.1). That the reader may decide at all
 * is judged again when they do.
 */
export const decideInChat = ({ mayDecide, risk, parties, signals }: ChatFacts): ChatDecision => {
  if (!mayDecide) return { allowed: false, reason: 'There is nothing for you to decide here.' };
  if (risk === 'HIGH')
    return { allowed: false, reason: 'The risk is high, so it is decided where all evidence stands.' };
  if (parties.includes('service'))
    return { allowed: false, reason: 'It is for a program, so it is decided where all evidence stands.' };
  const stop = signals.find((signal) => signal.severity === 'stop');
  if (stop !== undefined) return { allowed: false, reason: `${stop.text} It is decided where all evidence stands.` };
  return { allowed: true };
};
