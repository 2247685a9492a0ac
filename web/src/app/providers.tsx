import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { type CurrentUser, getCurrentUser } from '@stoa/contract/auth';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { IntlProvider } from 'react-intl';
import { ApiProblem } from '../lib/api-problem.ts';
import { meetPerson } from '../lib/person-of-page.ts';
import { CommandProvider } from '../ui/commands.tsx';
import { KeyProvider } from '../ui/keys.tsx';
import { LiveRegion } from '../ui/LiveRegion.tsx';
import { theme, tokensForMantine } from '../ui/theme.ts';
import { en } from './messages/en.ts';
import { useSingleKeys } from './preferences.ts';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiProblem;
    queryMeta: { path?: string; hold?: boolean };
  }
}

/** Reads are tried once more when no reply came or the server was busy; a refusal is an answer. */
const isWorthRetrying = (failures: number, problem: ApiProblem): boolean =>
  failures < 1 && (problem.status === 0 || problem.status === 503);

const asksWho = ({ queryKey }: { readonly queryKey: readonly unknown[] }): boolean => queryKey[0] === getCurrentUser.id;

/** @param onSignedOut called when a read finds that the session is gone */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onSuccess: (answer, query) => {
        if (asksWho(query)) meetPerson((answer as CurrentUser).globalUserId);
      },
      onError: (problem, query) => {
        // The guard itself asks who the caller is, and handles the answer.
        if (asksWho(query) || !(problem instanceof ApiProblem)) return;
        if (problem.status === 401) onSignedOut();
        if (problem.code === 'auth.other_person') window.location.reload();
      },
    }),
    defaultOptions: {
      queries: { retry: isWorthRetrying, staleTime: 10_000, gcTime: 300_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}

/** The server puts a nonce on the page; Mantine's style elements must carry it. */
function styleNonce(): string {
  const meta = document.querySelector('meta[property="csp-nonce"]');
  return meta instanceof HTMLMetaElement ? meta.nonce : '';
}

// The scroll lock of dialogs writes a style element of its own and looks for the nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

/** The browser's language where it is English and a tag that `Intl` takes; some systems report a POSIX name. */
function readLocale(): string {
  try {
    return Intl.getCanonicalLocales(navigator.language).find((tag) => tag.startsWith('en')) ?? 'en';
  } catch {
    return 'en';
  }
}

const asksForPseudo = (): boolean => new URLSearchParams(window.location.search).get('locale') === 'en-XA';

/** The texts to show: those of the catalogue, or its pseudo-locale, which finds what escaped it and comes only when asked for. */
export async function readMessages(): Promise<Messages> {
  if (!asksForPseudo()) return en;
  return (await import('./messages/pseudo.ts')).pseudoLocale(en);
}

type Messages = Readonly<Record<string, string>>;
type Props = { readonly client: QueryClient; readonly messages: Messages; readonly children: ReactNode };

export function Providers({ client, messages, children }: Props) {
  const [schemes] = useState(() => localStorageColorSchemeManager({ key: 'stoa-color-scheme' }));
  const [locale] = useState(readLocale);
  const [singleKeys] = useSingleKeys();
  return (
    <QueryClientProvider client={client}>
      <IntlProvider locale={locale} messages={messages}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={tokensForMantine}
          colorSchemeManager={schemes}
          defaultColorScheme="auto"
          getStyleNonce={styleNonce}
          deduplicateInlineStyles
        >
          <LiveRegion>
            <KeyProvider isEnabled={singleKeys === 'on'}>
              <CommandProvider>{children}</CommandProvider>
            </KeyProvider>
          </LiveRegion>
        </MantineProvider>
      </IntlProvider>
    </QueryClientProvider>
  );
}
