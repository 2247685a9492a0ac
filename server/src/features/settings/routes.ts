import * as settings from '@stoa/contract/settings';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { settingsEntry } from '../../audit/settings-entry.ts';
import { transact } from '../../db/transact.ts';
import { requireMay } from '../../http/require.ts';
import { publicRoute, type Route, route } from '../../http/route.ts';
import { requireApart, takeTurnWithPermissions } from '../user/keep-apart.ts';
import { readSwitches, writeSwitches } from '../../settings-store.ts';

export const settingsRoutes: readonly Route[] = [
  publicRoute(settings.getFrontendSettings)(async ({ deps }) => {
    const { rows } = await sql<{
      sample: boolean;
    }>`select exists (select from setting where name = 'sample') as sample`.execute(deps.db);
    return {
      status: 200,
      body: { theme: { primaryColor: '#0B5563', accentColor: '#E8A317' }, sample: rows[0]?.sample === true },
    };
  }),
  route(settings.getApplicationSettings)(async ({ deps }) => ({ status: 200, body: await readSwitches(deps.db) })),
  route(settings.updateApplicationSettings)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    const after = await transact(deps, async (tx) => {
      if (body.separateGovernanceAndAdmin === true) {
        await takeTurnWithPermissions(tx);
        await requireApart(tx);
      }
      const before = await readSwitches(tx);
      // An absent member stays as it is.
      const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      const now = await writeSwitches(tx, changes);
      const payload = { before, after: now };
      await appendAudit(
        tx,
        settingsEntry({ actor, call }, { id: 'application', name: 'Application settings', payload }),
      );
      return now;
    });
    return { status: 200, body: after };
  }),
];
