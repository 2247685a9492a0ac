import { z } from 'zod';
import { operation } from './operation.ts';
import { email, line, text } from './text.ts';

/** `starttls`: plain until the server agrees to encrypt, and refused when it does not. `tls`: encrypted from the first byte. */
export const mailSecurity = z.enum(['starttls', 'tls', 'none']);

/** Of the messages where nothing else is chosen: those of the web app. */
export const usualMailColours = { primary: '#0b5563', accent: '#e8a317' } as const;
const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'is not a colour such as #1f4b8f');

const host = line(255).regex(/^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/i, 'is no host name or address');

/** How a token for the mail server is asked for (OAuth 2.0, RFC 6749 section 6), which then proves the login. */
const mailOAuth = z.object({
  tokenUrl: z.url({ protocol: /^https?$/ }).max(2_000),
  clientId: line(255),
  scope: line(1_000, 0).optional(),
});

export const emailConfiguration = z
  .object({
    connected: z.boolean(),
    host: z.string().optional(),
    port: z.int().optional(),
    security: mailSecurity.optional(),
    username: z.string().optional(),
    /** The password itself is never given out. */
    hasPassword: z.boolean().optional(),
    /** Instead of a password. Its secrets are never given out. */
    oauth: mailOAuth.optional(),
    /** Of the authority that signed the certificate of the server, where none that everybody trusts did. */
    ca: z.string().optional(),
    fromName: z.string().optional(),
    fromAddress: z.string().optional(),
    primaryColor: colour.optional(),
    accentColor: colour.optional(),
  })
  .meta({ id: 'EmailConfiguration' });
export type EmailConfiguration = z.infer<typeof emailConfiguration>;

export const updateEmailConfigurationBody = z
  .object({
    host,
    port: z.int().min(1).max(65_535),
    security: mailSecurity,
    username: line(255, 0).optional(),
    /** Absent: the one that is stored. Empty: none. */
    password: line(1_000, 0).optional(),
    /** Absent secrets: those that are stored. */
    oauth: mailOAuth
      .extend({ clientSecret: line(2_000, 0).optional(), refreshToken: line(8_000, 0).optional() })
      .optional(),
    ca: text(100_000, 0).optional(),
    fromName: line(100),
    fromAddress: email,
    /** Of the messages; absent: those of the web app. */
    primaryColor: colour.optional(),
    accentColor: colour.optional(),
  })
  .refine(({ oauth, username }) => oauth === undefined || (username ?? '') !== '', {
    path: ['username'],
    error: 'is missing: a token proves somebody',
  });
export type UpdateEmailConfigurationBody = z.infer<typeof updateEmailConfigurationBody>;

/** What came of a test message; `message` is a sentence for the administrator. */
export const channelTest = z
  .object({ status: z.enum(['SUCCESS', 'FAILED']), message: z.string() })
  .meta({ id: 'ChannelTest' });
export type ChannelTest = z.infer<typeof channelTest>;

const access = { action: 'settings.manage' } as const;

export const getEmailConfiguration = operation({
  id: 'getEmailConfiguration',
  method: 'GET',
  path: '/api/notification/email/configuration',
  summary: 'How e-mail is sent.',
  access,
  responses: { 200: emailConfiguration },
});

export const updateEmailConfiguration = operation({
  id: 'updateEmailConfiguration',
  method: 'PUT',
  path: '/api/notification/email/configuration',
  summary: 'Sets the mail server by which e-mail is sent.',
  access,
  body: updateEmailConfigurationBody,
  responses: { 200: emailConfiguration },
});

export const deleteEmailConfiguration = operation({
  id: 'deleteEmailConfiguration',
  method: 'DELETE',
  path: '/api/notification/email/configuration',
  summary: 'Forgets the mail server: no e-mail is sent any more.',
  access,
  responses: { 204: null },
});

export const testEmailConfiguration = operation({
  id: 'testEmailConfiguration',
  method: 'POST',
  path: '/api/notification/email/test',
  summary: 'Sends one message to the caller by these settings, without storing them.',
  access,
  body: updateEmailConfigurationBody,
  responses: { 200: channelTest },
});
