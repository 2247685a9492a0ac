import { createHash, createHmac } from 'node:crypto';
import type { AuditS3 } from '@stoa/contract/audit-chain';
import { EgressRefused, type EgressRules } from '../egress/egress-rules.ts';
import { EgressFailed, guardedFetch } from '../egress/guarded-fetch.ts';
import type { Secret } from '../secrets/secrets.ts';

export type S3Settings = AuditS3 & { readonly secretAccessKey: Secret };

/** The object was not written; the message is a sentence for the administrator. */
export class S3Failed extends Error {}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();
/** Every byte but the unreserved characters, as the signature wants it. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

type ToSign = {
  readonly method: string;
  readonly host: string;
  /** Encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyHash: string;
  /** `20130524T000000Z` */
  readonly time: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
};

/** The `Authorization` header of AWS Signature Version 4 for S3. */
export function authorizationOf(call: ToSign): string {
  const headers: Record<string, string> = {
    ...call.headers,
    host: call.host,
    'x-amz-content-sha256': call.bodyHash,
    'x-amz-date': call.time,
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
  const request = [call.method, call.path, '', lines, names.join(';'), call.bodyHash].join('\n');
  const day = call.time.slice(0, 8);
  const scope = `${day}/${call.region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', call.time, scope, sha256(request)].join('\n');
  const key = [day, call.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${call.secretAccessKey.reveal()}`,
  );
  const signature = hmac(key, text).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${call.accessKeyId}/${scope},SignedHeaders=${names.join(';')},Signature=${signature}`;
}

/** Writes one object and answers once the bucket has taken it. */
export async function putObject(
  egress: EgressRules,
  settings: S3Settings,
  { name, body, now }: { name: string; body: string; now: Date },
): Promise<void> {
  const endpoint = new URL(settings.endpoint);
  const path = `${endpoint.pathname.replace(/\/$/, '')}/${[settings.bucket, ...`${settings.prefix}${name}`.split('/')].map(encode).join('/')}`;
  const time = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const bodyHash = sha256(body);
  const headers = {
    'content-type': 'application/x-ndjson',
    // What a bucket with a lock on its objects asks for.
    'x-amz-checksum-sha256': Buffer.from(bodyHash, 'hex').toString('base64'),
  };
  const authorization = authorizationOf({
    ...settings,
    method: 'PUT',
    host: endpoint.host,
    path,
    headers,
    bodyHash,
    time,
  });
  const reply = await guardedFetch(egress, {
    purpose: 'audit',
    url: `${endpoint.origin}${path}`,
    method: 'PUT',
    headers: { ...headers, authorization, 'x-amz-content-sha256': bodyHash, 'x-amz-date': time },
    body,
  }).catch((error: unknown) => {
    if (error instanceof EgressRefused || error instanceof EgressFailed)
      throw new S3Failed(error instanceof EgressRefused ? `${error.message}.` : error.message, { cause: error });
    throw error;
  });
  if (reply.status !== 200) throw new S3Failed(`The bucket answered ${reply.status}${reasonIn(reply.body)}.`);
}

/** `<Code>` and `<Message>` of an answer in XML. */
function reasonIn(body: string): string {
  const part = (tag: string) => new RegExp(`<${tag}>([^<]{1,300})</${tag}>`).exec(body)?.[1];
  const words = [part('Code'), part('Message')].filter((one) => one !== undefined).join(': ');
  return words === '' ? '' : ` (${words})`;
}
