import { groupName, loginId, logins, personOf, qualities, type Start, type Step } from './world.fixture.ts';

/** One quality that a login has, and how it came to it. */
export type Held = { readonly quality: number; readonly at: number; readonly isOwnHand: boolean };
export type Login = {
  readonly login: number;
  readonly id: string;
  readonly person: string;
  isActive: boolean;
  held: readonly Held[];
};

/** The facts about people that both sides read: who is active, who has what, since when, by whose hand. */
export class People {
  readonly all: readonly Login[];

  constructor({ qualities: begin }: Start) {
    this.all = logins.map((login) => ({
      login,
      id: loginId(login),
      person: personOf(login),
      isActive: true,
      held: (begin[login] ?? []).map((quality) => ({ quality, at: 0, isOwnHand: false })),
    }));
  }

  of(login: number): Login {
    const one = this.all[login];
    if (one === undefined) throw new Error(`no login ${login}`);
    return one;
  }

  /** Takes in what a step changes about people; false when it is about something else. */
  take(step: Step, now: number): boolean {
    switch (step.kind) {
      case 'join': {
        const one = this.of(step.login);
        if (one.held.some((h) => h.quality === step.quality)) return true;
        one.held = [...one.held, { quality: step.quality, at: now, isOwnHand: step.isOwnHand }];
        return true;
      }
      case 'leave': {
        const one = this.of(step.login);
        one.held = one.held.filter((h) => h.quality !== step.quality);
        return true;
      }
      case 'disable':
      case 'enable':
        this.of(step.login).isActive = step.kind === 'enable';
        return true;
      default:
        return false;
    }
  }
}

/** The names of the groups of a login. */
export const groupsOf = ({ held }: Login): string[] =>
  held.flatMap(({ quality }) => {
    const one = qualities[quality];
    return one?.kind === 'group' ? [groupName(one.id)] : [];
  });
