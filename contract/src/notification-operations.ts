import {
  deleteEmailConfiguration,
  getEmailConfiguration,
  testEmailConfiguration,
  updateEmailConfiguration,
} from './email.ts';
import {
  deleteTeamsConfiguration,
  getTeamsConfiguration,
  getTenantProviderConfigs,
  listMessageDeliveries,
  resendMessageDelivery,
  testTeamsConfiguration,
  updateTeamsConfiguration,
  updateTenantProviderConfigs,
} from './notification-channel.ts';
import { getInboxSummary, getNotificationHours, readWholeInbox, updateNotificationHours } from './notification.ts';

/** What of messages is ours beside the published operations, by their ids. */
export const notificationOperations = {
  getInboxSummary,
  readWholeInbox,
  getNotificationHours,
  updateNotificationHours,
  getTenantProviderConfigs,
  updateTenantProviderConfigs,
  getEmailConfiguration,
  updateEmailConfiguration,
  deleteEmailConfiguration,
  testEmailConfiguration,
  getTeamsConfiguration,
  updateTeamsConfiguration,
  deleteTeamsConfiguration,
  testTeamsConfiguration,
  listMessageDeliveries,
  resendMessageDelivery,
} as const;
