import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseEgressAllow, type EgressRules } from './egress/egress-rules.ts';

/** A setting that stops the start: the sentence says which and why. */
export class SettingsError extends Error {
  readonly setting: string;
  constructor(setting: string, why: string) {
    super(`${setting} ${why}.`);
    this.name = 'SettingsError';
    this.setting = setting;
  }
}

export type Config = {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** Absent: the embedded PostgreSQL serves. */
  readonly databaseUrl: string | undefined;
  /** The port that the embedded PostgreSQL must have; without it the last one, the usual one, or any free one. */
  readonly embeddedPort?: number | undefined;
  readonly loadSample: boolean;
  /** Where people reach this installation, without a slash at the end; absent: where it listens. */
  readonly publicUrl?: string | undefined;
  readonly secretKey: string | undefined;
  /** The file that holds the root key instead. */
  readonly secretKeyFile?: string | undefined;
  readonly metricsToken: string | undefined;
  readonly egress: EgressRules;
  readonly logLevel: string;
  /** Where signed checkpoints of the audit trail are appended; absent: below the data folder. */
  readonly auditFile?: string | undefined;
  readonly databasePoolSize: number;
  /** How many calls are answered at once. */
  readonly openCalls: number;
  /** How many access requests one person may make in an hour. */
  readonly requestsPerHour: number;
  /** How many request links one person may follow or check in a minute. */
  readonly linksPerMinute: number;
  /** Where Slack's Web API is called. */
  readonly slackApiUrl: string;
  /** Addresses of reverse proxies whose X-Forwarded headers count. */
  readonly trustProxy: string | false;
};

type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(env: Environment): Config {
  const host = env['HOST'] || '127.0.0.1';
  return {
    port: readInteger(env, 'PORT', { fallback: 3000, min: 0, max: 65_535 }),
    host: checkHost(host),
    dataDir: resolve(env['STOA_DATA_DIR'] || '.stoa'),
    databaseUrl: readDatabaseUrl(env['DATABASE_URL']),
    embeddedPort: env['STOA_PG_PORT']
      ? readInteger(env, 'STOA_PG_PORT', { fallback: 0, min: 1, max: 65_535 })
      : undefined,
    loadSample: readSwitch(env, 'STOA_SAMPLE', true),
    publicUrl: readPublicUrl(env['STOA_PUBLIC_URL']),
    secretKey: readSecretKey(env['STOA_SECRET_KEY']),
    secretKeyFile: readSecretKeyFile(env),
    metricsToken: env['STOA_METRICS_TOKEN'] || undefined,
    egress: readEgress(env['STOA_EGRESS_ALLOW'], host),
    auditFile: env['STOA_AUDIT_FILE'] ? resolve(env['STOA_AUDIT_FILE']) : undefined,
    logLevel: readLogLevel(env['STOA_LOG_LEVEL']),
    databasePoolSize: readInteger(env, 'STOA_DATABASE_POOL', { fallback: 20, min: 4, max: 200 }),
    openCalls: readInteger(env, 'STOA_OPEN_CALLS', { fallback: 200, min: 1, max: 100_000 }),
    requestsPerHour: readInteger(env, 'STOA_REQUESTS_PER_HOUR', { fallback: 30, min: 1, max: 1_000_000 }),
    linksPerMinute: readInteger(env, 'STOA_LINKS_PER_MINUTE', { fallback: 60, min: 1, max: 1_000_000 }),
    slackApiUrl: readApiUrl(env['STOA_SLACK_API_URL']),
    trustProxy: env['STOA_TRUST_PROXY'] || false,
  };
}

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

function readInteger(env: Environment, name: string, bounds: { fallback: number; min: number; max: number }): number {
  const text = env[name];
  if (text === undefined || text === '') return bounds.fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= bounds.min && value <= bounds.max)) {
    throw new SettingsError(name, `must be a whole number from ${bounds.min} to ${bounds.max}, not "${text}"`);
  }
  return value;
}

function readSwitch(env: Environment, name: string, fallback: boolean): boolean {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  if (text === 'on') return true;
  if (text === 'off') return false;
  throw new SettingsError(name, `must be "on" or "off", not "${text}"`);
}

function checkHost(host: string): string {
  if (isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)) return host;
  throw new SettingsError('HOST', `must be an address or a host name, not "${host}"`);
}

function readDatabaseUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const refuse = () => new SettingsError('DATABASE_URL', 'must look like postgres://user:password@host:5432/database');
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse();
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') throw refuse();
  if (url.pathname.length < 2) throw new SettingsError('DATABASE_URL', 'names no database');
  return text;
}

/** Links in messages begin with it; whatever stands before Stoa must lead there. */
function readPublicUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '';
  if (!isPlain || url.search !== '' || url.hash !== '' || url.pathname !== '/')
    throw new SettingsError('STOA_PUBLIC_URL', 'must look like https://stoa.example.com, without a path');
  return url.origin;
}

function readSecretKey(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const bytes = decodeKey(text);
  if (bytes === undefined)
    throw new SettingsError('STOA_SECRET_KEY', 'must be 32 bytes in base64 or hex (openssl rand -base64 32)');
  return bytes.toString('base64');
}

/** 32 bytes in base64 or hex. Anything shorter would be a password, and passwords are guessed. */
export function decodeKey(text: string): Buffer | undefined {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  return bytes.length === 32 ? bytes : undefined;
}

function readSecretKeyFile(env: Environment): string | undefined {
  const file = env['STOA_SECRET_KEY_FILE'];
  if (file === undefined || file === '') return undefined;
  if (env['STOA_SECRET_KEY'])
    throw new SettingsError('STOA_SECRET_KEY_FILE', 'is set, and so is STOA_SECRET_KEY; set one of them');
  return resolve(file);
}

function readEgress(text: string | undefined, host: string): EgressRules {
  try {
    return parseEgressAllow(text ?? '', { loopbackForConnections: isLoopback(host) });
  } catch (error) {
    throw new SettingsError('STOA_EGRESS_ALLOW', error instanceof Error ? error.message : String(error));
  }
}

/** GovSlack has an address of its own, and so has a server that speaks Slack's API in a test. */
function readApiUrl(text: string | undefined): string {
  if (text === undefined || text === '') return 'https://slack.com/api';
  if (URL.canParse(text) && /^https?:\/\/[^?#@]+\/api$/.test(text)) return text;
  throw new SettingsError('STOA_SLACK_API_URL', `must look like https://slack.com/api, not "${text}"`);
}

function readLogLevel(text: string | undefined): string {
  const levels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'];
  if (text === undefined || text === '') return 'warn';
  if (levels.includes(text)) return text;
  throw new SettingsError('STOA_LOG_LEVEL', `must be one of ${levels.join(', ')}`);
}
