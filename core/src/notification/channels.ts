import type { DeliveringProvider, NotificationType } from '@stoa/contract/notification-type';

/** What one person switched; what they did not is as the installation has it. `''`: the whole channel. */
export type Switches = ReadonlyMap<`${DeliveringProvider} ${NotificationType | ''}`, boolean>;

type Asked = {
  readonly provider: DeliveringProvider;
  readonly type: NotificationType;
  /** The channel for all, which the application admin may stop. */
  readonly isOnForAll: boolean;
  readonly switches: Switches;
};

/** Whether a person is told by this channel: on for all, on for them, and the type on for them. All three are on by default. */
export const isToldBy = ({ provider, type, isOnForAll, switches }: Asked): boolean =>
  isOnForAll && switches.get(`${provider} `) !== false && switches.get(`${provider} ${type}`) !== false;

const urgent: ReadonlySet<NotificationType> = new Set([
  'ACCESS_REVOKED',
  'WEBHOOK_SUPPRESSED',
  'VERIFICATION_VIOLATED',
  'LOGIN_CHANGED',
]);
/** Messages about security: they wait neither for a digest nor for the end of anybody's quiet hours. */
export const isUrgent = (type: NotificationType): boolean => urgent.has(type);

/** Reminders are a digest of their own, and the last warning would come after the end. */
const neverInDigest: ReadonlySet<NotificationType> = new Set(['PENDING_REMINDER', 'ACCESS_EXPIRES_1D']);
/** Whether a message waits for the digest of somebody who wants one. */
export const isForDigest = (type: NotificationType): boolean => !isUrgent(type) && !neverInDigest.has(type);

const forTeam: ReadonlySet<NotificationType> = new Set([
  'ACCESS_REQUESTED',
  'UNREGISTERED_ASSET_REQUESTED',
  'DETERMINATION_MADE',
  'REQUEST_CANCELED',
  'PRODUCT_PUBLISHED',
  'PRODUCT_DELETED',
  'PRODUCT_SOURCES_UPDATED',
  'PRODUCT_SOURCES_LEFT_DOMAIN',
  'PRODUCT_SENSITIVITY_RAISED',
  'TAKE_BACK_WAITING',
  'PEOPLE_CHANGE_WAITING',
  'PROVISIONING_FAILED',
  'REQUEST_UNREVIEWABLE',
  'WEBHOOK_SUPPRESSED',
  'VERIFICATION_VIOLATED',
]);
/** Whether a channel that many people read gets it, once for all of them: what is one person's own matter stays with them. */
export const isForTeam = (type: NotificationType): boolean => forTeam.has(type);

/** Seconds between the attempts of one delivery; after the last it is dead. In all about a day and a half. */
const gaps = [30, 120, 600, 3_600, 14_400, 43_200, 64_800] as const;

/**
 * Seconds until a delivery is tried again; null when it was tried often enough.
 * @param attempts how often it was tried, at least once
 * @param spread 0 to 1: gaps are 20 % shorter to 20 % longer, so that what failed together does not come back together
 */
export const secondsToNextAttempt = (attempts: number, spread: number): number | null => {
  const gap = gaps[attempts - 1];
  return gap === undefined ? null : Math.round(gap * (0.8 + 0.4 * spread));
};
