import type { DeliveringProvider, NotificationType } from '@stoa/contract/notification-type';
import type { Detail } from '@stoa/core/notification/words';
import type { Reader } from '../db/pool.ts';

/** One message on its way outside, with everything a channel needs to say it. */
export type OutgoingMessage = {
  /** The same on every attempt: a receiver that drops what it has seen gets the message once. */
  readonly deliveryId: string;
  readonly notificationId: string;
  readonly type: NotificationType;
  /** Null for channels that many people read. */
  readonly to: { readonly globalUserId: string; readonly name: string; readonly email: string | null } | null;
  readonly subject: string;
  readonly message: string;
  /** `url`: an absolute address in the app, where a line has one of its own. */
  readonly details: readonly (Detail & { readonly url?: string })[];
  /** An absolute address in the app; opening it does nothing but show a page. */
  readonly action: { readonly label: string; readonly url: string } | null;
  readonly requestId: string | null;
  readonly createdAt: Date;
  /** 1 is the first. */
  readonly attempt: number;
};

export type SendOutcome =
  /** `address`: where it went, as the channel names it; shown to administrators. */
  | { readonly kind: 'sent'; readonly address?: string | undefined }
  /** It may work later. `afterSeconds`: what the receiver asked for. */
  | { readonly kind: 'retry'; readonly error: string; readonly afterSeconds?: number | undefined }
  /** It was not looked at: the receiver wants to be left alone for so long. It counts as no attempt. */
  | { readonly kind: 'untried'; readonly error: string; readonly afterSeconds: number }
  /** It will never work: no such address, no such account. */
  | { readonly kind: 'dead'; readonly error: string };

/**
 * A road by which messages leave. It never throws for what the other side does, only for what is broken in Stoa; it may be
 * called twice for one message, when this process died before it could note the end of the first.
 */
export type MessageChannel = {
  readonly provider: DeliveringProvider;
  /** Whether an administrator has set it up: without that nobody is told by it, and nothing waits for it. */
  readonly isConnected: (db: Reader) => Promise<boolean>;
  /** For how long its receiver asked to be left alone, 0 if it did not: nothing is claimed meanwhile. */
  readonly pausedSeconds?: (db: Reader) => Promise<number>;
  readonly send: (message: OutgoingMessage) => Promise<SendOutcome>;
};
