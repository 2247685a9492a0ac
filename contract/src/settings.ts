import { z } from 'zod';
import { operation } from './operation.ts';

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'is not a colour such as #1f4b8f');

export const frontendSettings = z.object({
  theme: z
    .object({
      primaryColor: colour.optional(),
      accentColor: colour.optional(),
      lightModeImage: z.string().nullable().optional(),
      darkModeImage: z.string().nullable().optional(),
    })
    .optional(),
  featureFlags: z
    .object({
      statsigClientKey: z.string().nullable().optional(),
      statsigEnvironment: z.string().nullable().optional(),
    })
    .optional(),
  /** Ours: whether the sample's accounts exist, so that the sign-in page may name them. */
  sample: z.boolean().optional(),
  /** Ours: the version that runs. */
  version: z.string().optional(),
});
export type FrontendSettings = z.infer<typeof frontendSettings>;

/** Ours: for whom one may ask. */
export const onBehalf = z.enum(['anyone', 'same_group', 'managers', 'nobody']);

export const applicationSettings = z.object({
  showDataProductsToConsumers: z.boolean(),
  /** Ours: neither requester nor beneficiary decides. */
  fourEyes: z.boolean().optional(),
  /** Ours: one approval per person, also for who fits several slots. */
  distinctReviewers: z.boolean().optional(),
  /** Ours: nobody holds both GOVERNANCE and APPLICATION_ADMIN, by whichever of their logins. */
  separateGovernanceAndAdmin: z.boolean().optional(),
  /** Ours: who signs in with a password can do nothing else before a second factor is set up; tokens go on. */
  secondFactorForLocalAccounts: z.boolean().optional(),
  onBehalf: onBehalf.optional(),
  /** Ours: how many people may lose access by a change of a policy before their number has to be repeated. */
  confirmLossOver: z.int().min(0).max(1_000_000).optional(),
  /** Ours: sensitive data is looked for in a data source when it is enabled. */
  identifyOnEnable: z.boolean().optional(),
  /** Ours: and in new columns of data sources that have been looked at before. */
  identifyNewColumns: z.boolean().optional(),
  /** Ours: every so many minutes platforms are asked who reads what; 0: never. */
  activityEveryMinutes: z.int().min(0).max(1_440).optional(),
  /** Ours: how long that is kept. */
  activityKeepDays: z.int().min(30).max(3_650).optional(),
  /** Ours: every night what should hold is recomputed and compared with the platforms. */
  verifyNightly: z.boolean().optional(),
  /** Ours: the hour at which it begins, in the zone of the installation. */
  verifyAtHour: z.int().min(0).max(23).optional(),
});
export type ApplicationSettings = z.infer<typeof applicationSettings>;

export const updateApplicationSettingsBody = applicationSettings.partial();
export type UpdateApplicationSettingsBody = z.infer<typeof updateApplicationSettingsBody>;

export const getFrontendSettings = operation({
  id: 'getFrontendSettings',
  method: 'GET',
  path: '/api/settings/frontend',
  summary: 'How the web app looks.',
  access: { public: true },
  published: 75,
  responses: { 200: frontendSettings },
});

export const getApplicationSettings = operation({
  id: 'getApplicationSettings',
  method: 'GET',
  path: '/api/settings/application',
  summary: 'The switches of this installation.',
  access: { action: 'account.self' },
  responses: { 200: applicationSettings },
});

export const updateApplicationSettings = operation({
  id: 'updateApplicationSettings',
  method: 'PUT',
  path: '/api/settings/application',
  summary: 'Changes the switches of this installation; absent members stay.',
  access: { action: 'settings.manage' },
  // Among them is whether four eyes are asked for.
  freshLogin: true,
  body: updateApplicationSettingsBody,
  responses: { 200: applicationSettings },
});
