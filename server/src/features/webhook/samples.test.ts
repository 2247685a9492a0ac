import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newSigningKey, readSigningKey, signatureHeaders } from './signing-key.ts';

const folder = join(import.meta.dirname, '../../../../docs/samples');
const samples = [
  { name: 'Node', command: process.execPath, file: 'verify-webhook.mjs', needs: [] },
  { name: 'Python', command: 'python3', file: 'verify_webhook.py', needs: ['python3 --version'] },
  {
    name: 'bash and openssl',
    command: 'bash',
    file: 'verify-webhook.sh',
    needs: ['bash --version', 'openssl version'],
  },
] as const;

const isThere = (needs: readonly string[]): boolean =>
  needs.every((need) => spawnSync('sh', ['-c', need], { stdio: 'ignore' }).status === 0);

type Message = { headers: Record<string, string>; body: string };
const asText = ({ headers, body }: Message): string =>
  `${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n${body}`;

const run = (sample: (typeof samples)[number], secret: string, message: Message): Promise<string> =>
  new Promise((resolve) => {
    const child = execFile(sample.command, [join(folder, sample.file), secret], (_error, stdout) =>
      resolve(stdout.trim()),
    );
    child.stdin?.end(asText(message));
  });

const now = () => Math.floor(Date.now() / 1_000);
const body = JSON.stringify({ type: 'stoa.ping', data: { name: 'Ünï "quoted"\n$HOME `x` \\' } });
const signed = (keys: Parameters<typeof signatureHeaders>[0], seconds = now()): Message => ({
  headers: signatureHeaders(keys, { id: '01890a5d-ac96-774b-bcce-b302099a8057', seconds, body }),
  body,
});

describe.each(samples)('the sample for $name', (sample) => {
  it.runIf(isThere(sample.needs))('takes what is genuine, also while two keys sign, and nothing else', async () => {
    const key = newSigningKey();
    const own = readSigningKey(randomBytes(20).toString('hex'));
    const genuine = signed([key]);
    const answers = await Promise.all([
      run(sample, key.reveal(), genuine),
      run(sample, own.reveal(), signed([key, own])),
      run(sample, key.reveal(), { ...genuine, body: `${body} ` }),
      run(sample, own.reveal(), genuine),
      run(sample, key.reveal(), signed([key], now() - 3_600)),
      run(sample, key.reveal(), { ...genuine, headers: { ...genuine.headers, 'webhook-id': 'another' } }),
    ]);
    expect(answers).toEqual(['genuine', 'genuine', 'forged', 'forged', 'forged', 'forged']);
  });
});
