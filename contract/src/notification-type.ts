import { z } from 'zod';

/** What people are told of (product.md 11). */
export const notificationTypes = [
  'ACCESS_REQUESTED',
  'UNREGISTERED_ASSET_REQUESTED',
  'PENDING_REMINDER',
  'DETERMINATION_MADE',
  'REQUEST_CANCELED',
  'ACCESS_REVOKED',
  'EXCEPTION_COLUMNS_ENDED',
  'ACCESS_EXPIRED',
  'ACCESS_EXPIRES_7D',
  'ACCESS_EXPIRES_1D',
  'PRODUCT_DELETED_WITH_REQUEST',
  'PRODUCT_PUBLISHED',
  'PRODUCT_DELETED',
  'PRODUCT_SOURCES_UPDATED',
  'PRODUCT_SOURCES_LEFT_DOMAIN',
  'PRODUCT_SENSITIVITY_RAISED',
  'TAKE_BACK_WAITING',
  'PEOPLE_CHANGE_WAITING',
  'STEWARD_ASSIGNED',
  'REQUEST_FOR_YOU',
  'PROVISIONING_FAILED',
  'REQUEST_UNREVIEWABLE',
  'WEBHOOK_SUPPRESSED',
  'VERIFICATION_VIOLATED',
  'LOGIN_CHANGED',
] as const;
export const notificationType = z.enum(notificationTypes);
export type NotificationType = (typeof notificationTypes)[number];

/** The roads by which people are told. The inbox is always on; the others deliver outside. */
export const providers = ['INBOX', 'EMAIL', 'SLACK', 'TEAMS'] as const;
export const provider = z.enum(providers);
export type Provider = (typeof providers)[number];
export const deliveringProviders = ['EMAIL', 'SLACK', 'TEAMS'] as const;
export const deliveringProvider = z.enum(deliveringProviders);
export type DeliveringProvider = (typeof deliveringProviders)[number];

export const deliveryStates = ['PENDING', 'SENT', 'RETRYING', 'DEAD'] as const;
export const deliveryState = z.enum(deliveryStates);
export type DeliveryState = (typeof deliveryStates)[number];
