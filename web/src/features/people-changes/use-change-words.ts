import type { PeopleChange } from '@stoa/contract/people-change';
import { useText } from '../../app/messages/use-text.tsx';

const whats = [
  'username',
  'name',
  'email',
  'status',
  'permissions',
  'password',
  'member',
  'otherLogin',
  'signInLink',
  'group',
] as const;
const attribute = 'attribute ';

/** A change in words: whom it is about, why it waits, and what is otherwise. */
export function useChangeWords() {
  const t = useText();
  return {
    aboutOf: ({ target: { type, name } }: PeopleChange): string => t(`peopleChange.target.${type}`, { name }),
    whysOf: ({ reasons, gainingCount }: PeopleChange): string[] =>
      reasons.map((reason) => t(`peopleChange.why.${reason}`, { count: gainingCount })),
    whatOf: (what: string): string => {
      const known = whats.find((one) => one === what);
      if (known !== undefined) return t(`peopleChange.what.${known}`);
      return what.startsWith(attribute)
        ? t('peopleChange.what.attribute', { name: what.slice(attribute.length) })
        : what;
    },
  };
}
