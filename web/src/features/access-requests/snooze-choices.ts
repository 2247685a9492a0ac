export const snoozeChoices = ['hours', 'tomorrow', 'monday', 'week'] as const;
export type SnoozeChoice = (typeof snoozeChoices)[number];

const morning = 8;

function atMorning(now: Date, daysLater: number): Date {
  const day = new Date(now);
  day.setDate(day.getDate() + daysLater);
  day.setHours(morning, 0, 0, 0);
  return day;
}

/** Until when each choice puts aside, in the reader's own zone; the Monday is left out where it is tomorrow or in a week. */
export function snoozeTimes(now: Date): readonly { readonly choice: SnoozeChoice; readonly until: Date }[] {
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const all = [
    { choice: 'hours', until: new Date(now.getTime() + 3 * 3_600_000) },
    { choice: 'tomorrow', until: atMorning(now, 1) },
    ...(toMonday === 1 || toMonday === 7 ? [] : [{ choice: 'monday', until: atMorning(now, toMonday) } as const]),
    { choice: 'week', until: atMorning(now, 7) },
  ] as const;
  return all;
}
