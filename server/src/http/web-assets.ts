import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { newNonce, pagePolicy } from './security-headers.ts';

/** Serves the built web app: hashed files for ever, and the page for every address that is not an API's. */
export async function serveWeb(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) return;
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  await app.register(fastifyStatic, {
    root: join(folder, 'static'),
    prefix: '/static/',
    cacheControl: false,
    setHeaders: (response) => response.setHeader('cache-control', 'public, max-age=31536000, immutable'),
  });
  await serveRootFiles(app, folder);
  app.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    config: { operationId: 'page' },
    handler: async (request, reply) => {
      if (!isPage(request.url.split('?')[0] ?? '')) return reply.callNotFound();
      const nonce = newNonce();
      return reply
        .header('content-security-policy', pagePolicy(nonce))
        .header('content-type', 'text/html; charset=utf-8')
        .header('cache-control', 'no-cache')
        .send(page.replaceAll('__CSP_NONCE__', nonce));
    },
  });
}

/** Whether an address is one of the web app, where it is served. */
export const isPage = (path: string): boolean =>
  !path.startsWith('/api/') && !path.startsWith('/static/') && path !== '/api';

/** The few files beside the page whose names no build changes: read once, and asked for again by each browser. */
async function serveRootFiles(app: FastifyInstance, folder: string): Promise<void> {
  const types: Record<string, string> = {
    '.js': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.txt': 'text/plain; charset=utf-8',
  };
  for (const name of await readdir(folder)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const content = await readFile(join(folder, name));
    app.route({
      method: ['GET', 'HEAD'],
      url: `/${name}`,
      config: { operationId: 'page' },
      handler: async (_request, reply) =>
        reply.header('content-type', type).header('cache-control', 'no-cache').send(content),
    });
  }
}
