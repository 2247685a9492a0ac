import { expect, it } from 'vitest';
import { snoozeTimes } from './snooze-choices.ts';

const local = (date: Date): string =>
  `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()} ${date.getHours()}:${date.getMinutes()}`;
const offered = (now: Date) => snoozeTimes(now).map(({ choice, until }) => `${choice} ${local(until)}`);

it('mornings are those of the reader, and Monday is not offered twice', () => {
  expect(offered(new Date(2026, 11, 31, 17, 20))).toEqual([
    'hours 2026-12-31 20:20',
    'tomorrow 2027-1-1 8:0',
    'monday 2027-1-4 8:0',
    'week 2027-1-7 8:0',
  ]);
  // A Sunday and a Monday.
  for (const day of [6, 7])
    expect(offered(new Date(2026, 11, day, 9)).map((one) => one.split(' ')[0])).toEqual(['hours', 'tomorrow', 'week']);
});
