import type { UserDetail } from '@stoa/contract/user';
import { useText } from '../../app/messages/use-text.tsx';
import { externalNameOf } from '../connections/connection-draft.ts';

type Names = { readonly username: string; readonly email: string };

/** On which platforms somebody would be looked for under another name, as far as the template of a connection makes it. */
export function RenamedLogins({ user, after }: { user: UserDetail; after: Names }) {
  const t = useText();
  const before: Names = { username: user.username, email: user.email ?? '' };
  const moved = user.identities.flatMap(({ connectionKey, template, isManual }) => {
    const names = { was: externalNameOf(template, before), is: externalNameOf(template, after) };
    return isManual || names.was === names.is ? [] : [{ connectionKey, ...names }];
  });
  if (moved.length === 0) return <p>{t('people.renamed.none')}</p>;
  return (
    <>
      <p>{t('people.renamed.text')}</p>
      <ul>
        {moved.map((one) => (
          <li key={one.connectionKey}>{t('people.renamed.one', one)}</li>
        ))}
      </ul>
    </>
  );
}
