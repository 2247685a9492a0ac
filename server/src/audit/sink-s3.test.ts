import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { parseEgressAllow } from '../egress/egress-rules.ts';
import { Secret } from '../secrets/secrets.ts';
import { authorizationOf, putObject, S3Failed } from './sink-s3.ts';

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
};

// The worked example "PUT Object" of the S3 documentation ("Signature Calculations for the Authorization Header").
test('a call is signed as the published example is', () => {
  const authorization = authorizationOf({
    ...credentials,
    method: 'PUT',
    host: 'examplebucket.s3.amazonaws.com',
    path: '/test%24file.text',
    headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    bodyHash: createHash('sha256').update('Welcome to Amazon S3.').digest('hex'),
    time: '20130524T000000Z',
    region: 'us-east-1',
  });
  expect(authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
      'SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,' +
      'Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
});

test('an object is put where the operator allows it, and what the bucket says of a refusal comes back', async () => {
  const got: { url: string | undefined; type: string | undefined; body: string }[] = [];
  let status = 200;
  const bucket = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      got.push({ url: `${request.method} ${request.url}`, type: request.headers['content-type'], body });
      response.writeHead(status).end('<Error><Code>AccessDenied</Code><Message>Not yours</Message></Error>');
    });
  });
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve));
  const { port } = bucket.address() as AddressInfo;
  const settings = {
    ...credentials,
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    bucket: 'audit',
    prefix: 'stoa/',
  };
  const object = { name: 'a b.ndjson', body: 'one\n', now: new Date('2026-01-01T00:00:00Z') };
  const allowed = parseEgressAllow(`audit=127.0.0.1:${port}`, { loopbackForConnections: true });
  const closed = parseEgressAllow('', { loopbackForConnections: true });
  try {
    await putObject(allowed, settings, object);
    expect(got).toEqual([{ url: 'PUT /audit/stoa/a%20b.ndjson', type: 'application/x-ndjson', body: 'one\n' }]);
    status = 403;
    await expect(putObject(allowed, settings, object)).rejects.toThrow(
      new S3Failed('The bucket answered 403 (AccessDenied: Not yours).'),
    );
    await expect(putObject(closed, settings, object)).rejects.toBeInstanceOf(S3Failed);
    expect(got).toHaveLength(2);
  } finally {
    bucket.closeAllConnections();
    bucket.close();
  }
});
