import type { PeopleChangeReason } from '@stoa/contract/people-change';
import { listed } from '../listed.ts';

/** A change of people that somebody filed: about whom or what, why it waits, how many gain access, and until when. */
export type WaitingPeopleChange = {
  readonly id: string;
  readonly about: string;
  readonly reasons: readonly PeopleChangeReason[];
  readonly gaining: number;
  readonly ends: string;
};

const whys: Readonly<Record<PeopleChangeReason, string>> = {
  permission: 'it gives a global permission',
  user_admin: 'it takes a user admin away',
  sign_in: 'it changes how somebody with a global permission signs in',
  access: 'many people gain access',
};

/** How user admins are told of it. */
export function waitingPeopleChange(who: string, change: WaitingPeopleChange | undefined) {
  const { id = '', about = '', reasons = [], gaining = 0, ends = '' } = change ?? {};
  const why = listed(
    reasons.map((reason) => (reason === 'access' ? `${gaining} people gain access` : whys[reason])),
    'and',
  );
  return {
    subject: `A change of ${about} waits for another user admin`,
    message: `${who} filed a change of ${about}: ${why}. It waits until ${ends}: confirm it or decline it.`,
    action: { label: 'Open the change', path: `/admin/people-changes?row=${id}` },
  };
}
