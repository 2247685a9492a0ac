import './app/parse-without-eval.ts';
import './ui/mantine.css';
import './ui/tokens.css';
import './ui/base.css';
import { getCurrentUser } from '@stoa/contract/auth';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient, Providers, readMessages } from './app/providers.tsx';
import { createAppRouter } from './app/router.tsx';
import { leavePage } from './lib/person-of-page.ts';

const client = createQueryClient(() => {
  // Who was signed in is forgotten; then the guard of the routes asks, sends to sign-in and remembers the way back.
  leavePage();
  client.removeQueries({ queryKey: [getCurrentUser.id] });
  void router.invalidate();
});
const router = createAppRouter(client);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
void readMessages().then((messages) =>
  createRoot(root).render(
    <StrictMode>
      <Providers client={client} messages={messages}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  ),
);
