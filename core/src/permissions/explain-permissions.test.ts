import { expect, test } from 'vitest';
import { claims, person } from '../cases/world.ts';
import { explainPermissions } from './explain-permissions.ts';

const allowed = (who: Parameters<typeof explainPermissions>[0], domain: typeof claims | null): string[] =>
  Object.entries(explainPermissions(who, domain)).flatMap(([action, answer]) => (answer.allowed ? [action] : []));

test('a permission in a domain counts there and not elsewhere', () => {
  const tagger = person('t', { domain: [[claims, 'Manage Tags']] });
  expect(allowed(tagger, claims)).toEqual(['tag.apply']);
  expect(allowed(tagger, { id: 'other', name: 'Other' })).toEqual([]);
  expect(allowed(tagger, null)).toEqual(['tag.apply']);
});

test('each no says what would make it a yes', () => {
  const answers = explainPermissions(person('n'), claims);
  expect(answers['tag.apply']).toMatchObject({ allowed: false, needs: { permission: 'Manage Tags' } });
  expect(answers['settings.manage']).toMatchObject({ allowed: false, needs: { permission: 'APPLICATION_ADMIN' } });
});

test('whoever is disabled may do nothing, and is told why', () => {
  const answers = explainPermissions({ ...person('g', { permissions: ['GOVERNANCE'] }), status: 'disabled' }, claims);
  expect(Object.values(answers).map((answer) => answer.reason)).toEqual(
    Object.keys(answers).map(() => 'Your account is disabled.'),
  );
});
