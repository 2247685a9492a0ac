import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of messages and of the channels that carry them; `error.ts` joins them to the rest. */
export const notificationErrors = {
  'notification.provider_unknown': {
    status: 422,
    title: 'There is no such channel.',
    next: 'Name one of those that the preferences list.',
  },
  'notification.type_unknown': {
    status: 422,
    title: 'There is no such kind of message.',
    next: 'Name one of those that the preferences list.',
  },
  'notification.inbox_always_on': {
    status: 422,
    title: 'The inbox is always on.',
    next: 'Switch off the channels that deliver outside; mark messages as read in the inbox.',
  },
  'notification.time_zone_unknown': {
    status: 422,
    title: 'There is no such time zone.',
    next: 'Name one of the IANA database, such as Europe/Berlin.',
  },
  'notification.address_missing': {
    status: 422,
    title: 'Your account has no e-mail address.',
    next: 'A user admin can enter it; then try again.',
  },
  'email.login_unprotected': {
    status: 422,
    title: 'A login would cross the network in clear.',
    next: 'Choose STARTTLS or TLS, or leave the login out.',
  },
  'email.password_needed': {
    status: 422,
    title: 'The kept password or token is for another mail server or login.',
    next: 'Enter it again; it is reused only while server, port, security, login and token endpoint stay as they are.',
  },
  'teams.not_connected': {
    status: 409,
    title: 'No Teams channel is set up.',
    next: 'Send the address of its workflow along.',
  },
  'message_delivery.under_way': {
    status: 409,
    title: 'The message is on its way already.',
    next: 'Wait for the attempt that is due; the list says when.',
  },
} as const satisfies Record<string, ErrorDefinition>;
