import { X509Certificate } from 'node:crypto';
import { z } from 'zod';

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** One certificate or a chain of them; nothing at all takes an earlier one away. */
function isCertificate(pem: string): boolean {
  if (pem.trim() === '') return true;
  const blocks = pem.match(block) ?? [];
  if (blocks.length === 0 || pem.replaceAll(block, '').includes('-----')) return false;
  try {
    return blocks.every((one) => new X509Certificate(one).serialNumber !== '');
  } catch {
    return false;
  }
}

/** Where a PostgreSQL is. `verify-full` checks the certificate and the name; `require` only encrypts. */
export const postgresConfig = z.object({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535).default(5432),
  database: z.string().min(1).max(63),
  tls: z.enum(['disable', 'require', 'verify-full']),
  /** PEM of the authority that signed the server's certificate, where the system's own list does not know it. */
  ca: z.string().max(100_000).refine(isCertificate, 'is no certificate in PEM form').optional(),
});
export type PostgresConfig = z.infer<typeof postgresConfig>;

export const postgresCredentials = z.object({
  username: z.string().min(1).max(63),
  password: z.string().max(1000),
});
export type PostgresCredentials = z.infer<typeof postgresCredentials>;

export const postgresSettings = z.object({
  identityTemplate: z.string().default('{username}'),
  strictMembers: z.boolean().default(false),
  /** `owner-member`: the account may act for the owners of tables, and so set default privileges for what they make later. */
  grantAuthority: z.enum(['grant-option', 'owner-member']).default('grant-option'),
  endSessionsOnRevoke: z.enum(['never', 'whenNeeded', 'always']).default('whenNeeded'),
  /**
   * `auto`: a table is read at its own name until a data policy acts on it, then through a view. `views`: always
   * through a view. `base`: never; a source with a data policy is then given to nobody.
   */
  exposure: z.enum(['auto', 'views', 'base']).default('auto'),
  /** The schema that a view goes to; `{schema}` is that of the table. */
  viewSchema: z.string().min(1).max(63).default('shared_{schema}'),
  /** By schema of the table, where it is another: with `hr_base` renamed from `hr`, `{"hr_base": "hr"}` keeps the name `hr`. */
  viewSchemas: z.record(z.string().min(1).max(63), z.string().min(1).max(63)).default({}),
  /** `union`: readers who see everything in clear keep the indexes of masked columns; scans of others cost a little more. */
  maskedLookup: z.enum(['scan', 'union']).default('scan'),
});
export type PostgresSettings = z.infer<typeof postgresSettings>;
