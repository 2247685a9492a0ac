import type { ErrorDefinition } from './resource-errors.ts';

/** Failures around webhooks. */
export const webhookErrors = {
  'webhook.address_refused': {
    status: 422,
    title: 'Stoa does not call this address.',
    next: 'Use https on port 443 and a public address, or ask the operator to allow it.',
  },
  'webhook.signing_key_invalid': {
    status: 422,
    title: 'The signing key cannot be used.',
    next: 'Send whsec_ and 24 to 64 bytes in base64, or leave it out: Stoa makes one.',
  },
  'webhook.suppressed_by_stoa': {
    status: 422,
    title: 'Stoa alone suppresses a webhook.',
    next: 'Send enabled: false to turn it off.',
  },
  'webhook.off': {
    status: 409,
    title: 'The webhook is off.',
    next: 'Turn it on first; what was not delivered can be sent again then.',
  },
  'webhook.sample_too_long': {
    status: 422,
    title: 'The test would be longer than any message of Stoa.',
    next: 'Messages are below 20 kB. Shorten the data of the test.',
  },
  'webhook.sending': {
    status: 409,
    title: 'This delivery is being sent right now.',
    next: 'Read it again in a moment.',
  },
} as const satisfies Record<string, ErrorDefinition>;
