import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { contractWithoutSchemas, contractInParts } from './without-schemas.ts';

/** Preloads the interface font alone: its hashed name is known only after the build. */
function preloadInterfaceFont(): Plugin {
  return {
    name: 'stoa-preload-interface-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        const font = Object.keys(context.bundle ?? {}).find((name) =>
          /hyperlegible-next-latin-wght-normal.*\.woff2$/.test(name),
        );
        if (font === undefined) return [];
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${font}` };
        return [{ tag: 'link', attrs, injectTo: 'head-prepend' }];
      },
    },
  };
}

const apiOfDevServer = { target: process.env.STOA_API ?? 'http://localhost:3000', changeOrigin: false };

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), preloadInterfaceFont(), contractWithoutSchemas(), contractInParts()],
  // The server puts a fresh nonce in place of this word in every reply that carries index.html.
  html: { cspNonce: '__CSP_NONCE__' },
  server: { port: 5173, proxy: { '/api': apiOfDevServer } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    // Without this small fonts and icons would become data: URLs, which the content security policy refuses.
    assetsInlineLimit: 0,
    // light-dark() carries every token; these are the first versions that know it.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            {
              name: 'routing',
              test: /node_modules\/@tanstack\/(history|query-core|react-query|react-router|router-core|react-store|store)\//,
            },
            { name: 'schemas', test: /node_modules\/zod\// },
            { name: 'language', test: /node_modules\/(react-intl|@formatjs|intl-messageformat)\// },
          ],
        },
      },
    },
  },
});
