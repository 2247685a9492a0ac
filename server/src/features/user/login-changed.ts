import type { Emission } from '../../work/emission.ts';

type Changed = 'password' | 'username' | 'email' | 'second_factor';

/** That a login changed, so that whose it is hears of it; never what it was or is. */
export const loginChanged = (user: { globalUserId: string; name: string }, changed: readonly Changed[]): Emission[] =>
  changed.length === 0
    ? []
    : [
        {
          type: 'stoa.user.login_changed',
          targetId: user.globalUserId,
          data: { user: { globalUserId: user.globalUserId, name: user.name }, changed },
        },
      ];
