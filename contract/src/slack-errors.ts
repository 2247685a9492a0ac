import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of connecting Slack, and of what comes from it. */
export const slackErrors = {
  'slack.signature_refused': {
    status: 401,
    title: 'This was not signed by Slack, or too long ago.',
    next: "Check that the signing secret in Stoa is the app's own.",
  },
  'slack.not_set_up': {
    status: 409,
    title: 'The app at Slack is not set up.',
    next: 'Store its client id and its secrets first.',
  },
  'slack.secret_missing': {
    status: 422,
    title: 'A secret of the app is missing.',
    next: 'Send the client secret and the signing secret with a new client id.',
  },
  'slack.session_needed': {
    status: 422,
    title: 'Slack is added in the browser.',
    next: 'Sign in to the web app and add it there.',
  },
} as const satisfies Record<string, ErrorDefinition>;
