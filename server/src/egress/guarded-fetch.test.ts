import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../testing/certificate.ts';
import { EgressRefused, parseEgressAllow } from './egress-rules.ts';
import { forbiddenForms, forbiddenHosts, forbiddenNames } from './forbidden-urls.fixture.ts';
import { EgressFailed, guardedFetch } from './guarded-fetch.ts';

let canary: Server;
let connections = 0;
const sockets = new Set<Socket>();
let port: number;

beforeAll(async () => {
  canary = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/redirect') return response.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end();
    if (path === '/endless') {
      response.writeHead(200);
      const write = () => {
        if (!response.destroyed) response.write('x'.repeat(65_536), () => setImmediate(write));
      };
      return write();
    }
    if (path === '/half') {
      response.writeHead(200, { 'content-length': '1000' }).write('half');
      return setImmediate(() => response.destroy());
    }
    if (path === '/gzip') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(100));
    if (path === '/hang') return undefined;
    if (path === '/switch')
      return request.socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    return response.writeHead(200, { 'x-got': `${request.method} ${path} ${request.headers.host}` }).end('a\u0000b');
  });
  canary.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  port = (canary.address() as AddressInfo).port;
});
afterAll(async () => {
  canary.closeAllConnections();
  await new Promise((resolve) => canary.close(resolve));
});

const rules = (allow = '') => parseEgressAllow(allow, { loopbackForConnections: true });
const allowed = () => rules(`webhook=127.0.0.1:${port}`);
const post = (url: string, options: Partial<Parameters<typeof guardedFetch>[1]> = {}) => ({
  purpose: 'webhook' as const,
  method: 'POST' as const,
  body: '{}',
  url,
  ...options,
});
const refused = (work: Promise<unknown>) => expect(work).rejects.toBeInstanceOf(EgressRefused);

describe('addresses that Stoa must not call', () => {
  it('there are more than 200 of them', () => {
    expect(
      new Set([...forbiddenForms, ...forbiddenHosts, ...forbiddenNames.map(([name]) => name)]).size,
    ).toBeGreaterThan(200);
  });

  it.each([
    ['nothing is allowed', ''],
    ['a whole network is', 'webhook=203.0.114.0/24'],
  ])('are refused before anything is sent, when %s', async (_name, allow) => {
    const before = connections;
    for (const url of forbiddenForms)
      await refused(guardedFetch(rules(allow), post(url), async () => ['93.184.216.34'])).catch((error: unknown) => {
        throw new Error(`${url} was not refused`, { cause: error });
      });
    for (const host of forbiddenHosts)
      await refused(guardedFetch(rules(allow), post(`https://${host}/`))).catch((error: unknown) => {
        throw new Error(`${host} was not refused`, { cause: error });
      });
    for (const [name, address] of forbiddenNames)
      await refused(guardedFetch(rules(allow), post(`https://${name}/`), async () => [address])).catch(
        (error: unknown) => {
          throw new Error(`${name} was not refused`, { cause: error });
        },
      );
    expect(connections).toBe(before);
  });

  it('metadata addresses stay closed whatever the operator allows', async () => {
    const wide = rules('webhook=0.0.0.0/0,webhook=::/0,webhook=169.254.169.254:443,webhook=[fd00:ec2::254]:443');
    for (const host of [
      '169.254.169.254',
      '[fd00:ec2::254]',
      '100.100.100.200',
      '168.63.129.16',
      '[::ffff:169.254.169.254]',
    ])
      await refused(guardedFetch(wide, post(`https://${host}/`)));
    // Loopback is opened by host and port alone.
    await refused(guardedFetch(wide, post(`http://127.0.0.1:${port}/`)));
  });

  it('a name with one public and one private address is refused as a whole', async () => {
    await refused(guardedFetch(rules(), post('https://mixed.example/'), async () => ['93.184.216.34', '10.0.0.1']));
  });

  it('a name that means something else the second time is asked once, and the connection goes to what was judged', async () => {
    let asked = 0;
    const rebinding = async () => [asked++ === 0 ? '192.0.2.10' : '127.0.0.1'];
    const before = connections;
    // The first answer is a documentation address, allowed here so that the judgement passes: nobody answers there.
    const open = rules(`webhook=192.0.2.0/24`);
    const work = guardedFetch(open, post(`http://rebinding.example:${port}/`, { timeoutMilliseconds: 400 }), rebinding);
    await expect(work).rejects.toBeInstanceOf(EgressFailed);
    expect([asked, connections]).toEqual([1, before]);
  });
});

describe('an address that is allowed', () => {
  it('is called at the judged address under its own name', async () => {
    const named = rules(`webhook=receiver.example:${port}`);
    const reply = await guardedFetch(named, post(`http://receiver.example:${port}/a?b=c`), async () => ['127.0.0.1']);
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'x-got': `POST /a?b=c receiver.example:${port}` },
      body: 'a\ufffdb',
    });
  });

  it('is not followed elsewhere', async () => {
    expect(await guardedFetch(allowed(), post(`http://127.0.0.1:${port}/redirect`))).toMatchObject({ status: 302 });
  });

  it('is read in part: an endless answer, one that stops, one that is packed', async () => {
    const of = (path: string) =>
      guardedFetch(allowed(), post(`http://127.0.0.1:${port}${path}`, { mostBytes: 20_000 }));
    const endless = await of('/endless');
    expect([endless.status, endless.body.length, endless.isCut]).toEqual([200, 20_000, true]);
    expect(await of('/half')).toMatchObject({ status: 200, isCut: true });
    expect(await of('/gzip')).toMatchObject({ status: 200, body: '[100 bytes, gzip]' });
  });

  it('is called again over the connection that was kept, also after it was closed meanwhile', async () => {
    const call = () => guardedFetch(allowed(), post(`http://127.0.0.1:${port}/kept`, { keepAlive: true }));
    await call();
    const before = connections;
    expect((await call()).status).toBe(200);
    expect(connections).toBe(before);
    // The next call finds a connection that is already gone, or goes while it is sent.
    for (const socket of sockets) socket.resetAndDestroy();
    expect((await call()).status).toBe(200);
    expect(connections).toBe(before + 1);
  });
  it('is judged each time: a kept connection serves no name that means something else by now', async () => {
    const call = (address: string) =>
      guardedFetch(
        rules(`webhook=hooks.test:${port}`),
        post(`http://hooks.test:${port}/kept`, { keepAlive: true }),
        async () => [address],
      );
    expect((await call('127.0.0.1')).status).toBe(200);
    await refused(call('169.254.169.254'));
    const before = connections;
    await expect(call('127.0.0.2')).rejects.toMatchObject({ code: 'connect' });
    expect(connections).toBe(before);
  });
  it('that never answers is given up', async () => {
    const work = guardedFetch(allowed(), post(`http://127.0.0.1:${port}/hang`, { timeoutMilliseconds: 200 }));
    await expect(work).rejects.toMatchObject({ code: 'timeout' });
  });

  it('that changes the protocol has not answered', async () => {
    const work = guardedFetch(allowed(), post(`http://127.0.0.1:${port}/switch`, { timeoutMilliseconds: 2_000 }));
    await expect(work).rejects.toMatchObject({ code: 'reply' });
  });

  it('is given up as well when its name is never resolved', async () => {
    const never = () => new Promise<readonly string[]>(() => {});
    const work = guardedFetch(rules(), post('https://slow.example/', { timeoutMilliseconds: 200 }), never);
    await expect(work).rejects.toMatchObject({ code: 'timeout' });
  });

  it('must show a certificate that is trusted, unless somebody said otherwise', async () => {
    const { pem, keyPem } = makeCertificate('localhost');
    const secure = createTlsServer({ key: keyPem, cert: pem }, (_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const securePort = (secure.address() as AddressInfo).port;
    const open = rules(`webhook=localhost:${securePort}`);
    const call = post(`https://localhost:${securePort}/`);
    try {
      await expect(guardedFetch(open, call)).rejects.toMatchObject({ code: 'tls' });
      expect(await guardedFetch(open, { ...call, verifyTls: false })).toMatchObject({ status: 200, body: 'ok' });
    } finally {
      secure.closeAllConnections();
      secure.close();
    }
  });
});
