import { sql } from 'kysely';
import type { OnBehalf } from '@stoa/core/permissions/objects';
import { prepared, type Reader } from './db/pool.ts';
import { newUuid } from './db/new-id.ts';

/** The switches an application admin may set, with their defaults (product.md 5, 7). */
export type ApplicationSwitches = {
  showDataProductsToConsumers: boolean;
  fourEyes: boolean;
  distinctReviewers: boolean;
  /** No human holds both Governance and Application admin. */
  separateGovernanceAndAdmin: boolean;
  /** Sessions by password can do nothing before their account has a second factor. */
  secondFactorForLocalAccounts: boolean;
  onBehalf: OnBehalf;
  /** More people than this lose access only when whoever changes a policy repeats their number. */
  confirmLossOver: number;
  identifyOnEnable: boolean;
  identifyNewColumns: boolean;
  /** How often platforms are asked who reads what; 0: never. */
  activityEveryMinutes: number;
  activityKeepDays: number;
  verifyNightly: boolean;
  /** In the zone of the installation. */
  verifyAtHour: number;
};
const defaults: ApplicationSwitches = {
  showDataProductsToConsumers: true,
  fourEyes: true,
  distinctReviewers: false,
  separateGovernanceAndAdmin: false,
  secondFactorForLocalAccounts: false,
  onBehalf: 'anyone',
  confirmLossOver: 25,
  // Reading a platform's values is begun by a person; where it was, a column that is added later is looked at as well.
  identifyOnEnable: false,
  identifyNewColumns: true,
  activityEveryMinutes: 5,
  activityKeepDays: 400,
  verifyNightly: true,
  verifyAtHour: 3,
};

export async function readSwitches(db: Reader): Promise<ApplicationSwitches> {
  const { rows } = await sql<{
    value: Partial<ApplicationSwitches>;
  }>`${prepared('switches')} select value from setting where name = 'application'`.execute(db);
  return toSwitches(rows[0]?.value);
}

/** The switches with their defaults, from the value of the setting `application` as another query read it. */
export const toSwitches = (value: Partial<ApplicationSwitches> | null | undefined): ApplicationSwitches => ({
  ...defaults,
  ...value,
});

export async function writeSwitches(db: Reader, changes: Partial<ApplicationSwitches>): Promise<ApplicationSwitches> {
  await sql`insert into setting (name, value) values ('application', ${JSON.stringify(changes)}::jsonb)
    on conflict (name) do update set value = setting.value || excluded.value, updated_at = now()`.execute(db);
  return readSwitches(db);
}

/** Made at the first start; containers on platforms bear it, so it never changes. */
export async function installationId(db: Reader): Promise<string> {
  await sql`insert into setting (name, value) values ('installation', ${JSON.stringify({ id: newUuid() })}::jsonb) on conflict do nothing`.execute(
    db,
  );
  const { rows } = await sql<{
    id: string;
  }>`select value->>'id' as id from setting where name = 'installation'`.execute(db);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the installation has no id');
  return id;
}
