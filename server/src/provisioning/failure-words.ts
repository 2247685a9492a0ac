import type { Failure } from '@stoa/connectors/connector';

/** What the platform said, as a sentence of its own, and what to do about it. */
export const failureWords = ({ message, remedy }: Pick<Failure, 'message' | 'remedy'>): string =>
  `${message}${/[.!?]$/.test(message) ? '' : '.'} ${remedy}`.trim();
