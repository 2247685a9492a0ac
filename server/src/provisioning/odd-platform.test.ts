import { afterAll, beforeAll, expect, test } from 'vitest';
import { publish } from '../testing/register-platform.ts';
import { actsOn, makeRoad, type Road } from './road-acts.fixture.ts';
import { cutText } from './statement-audit.ts';

let world: Road['world'];
let product: Road['product'];

beforeAll(async () => {
  ({ world, product } = await makeRoad('Odd'));
  await quiet();
}, 60_000);
afterAll(() => world?.drop());

const { consumer, approved, settled, quiet, revoke } = actsOn(
  () => world,
  () => product.id,
);
const run = (text: string) => world.platform.superuser.query(text);
/** Whatever is odd about something else: somebody is given access, and loses it again. */
const othersComeAndGo = async () => {
  const id = await approved(consumer(3));
  await settled(id, 'ACTIVE');
  await revoke(id);
  await settled(id, 'REMOVED');
};

test('a platform that refuses with a long text of its own, cut in the middle of a character, holds up nobody', async () => {
  const refused = world.registered.sources[2];
  await run(`create function public.refuse() returns event_trigger language plpgsql as $$ begin
    if current_query() like '%"${refused?.path[2]}"%' then raise exception '%', repeat('x', 499) || '😀 and more'; end if; end $$;
    create event trigger refuse on ddl_command_start when tag in ('GRANT') execute function public.refuse()`);
  const other = await publish(world.people.governor, world.registered, {
    name: 'Refused',
    sourceIds: [refused?.id ?? 0],
  });
  const id = await approved(consumer(0), other.id);
  await settled(id, 'FAILED');
  await othersComeAndGo();
  await run('drop event trigger refuse; drop function public.refuse()');
  await settled(id, 'ACTIVE');
  expect(cutText(`${'x'.repeat(19_999)}😀`)).toBe('x'.repeat(19_999));
}, 60_000);
