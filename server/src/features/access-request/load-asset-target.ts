import type { RequestType } from '@stoa/contract/enums';
import type { Actor, AssetObject, DomainRef } from '@stoa/core/permissions/objects';
import { stewardsOf } from '@stoa/core/review/resolve-flow';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Unregistered } from '../asset/resolve-name.ts';
import { type ResolvedForm, resolveAssetForms } from '../request-form/resolve-form-version.ts';

/** An asset as something to ask for. */
export type AssetTarget = {
  type: 'DATA_OBJECT';
  id: string;
  name: string;
  /** Only products can be suspended. */
  suspended: false;
  domains: DomainRef[];
  /** The form and flows in force for the type of request, its own or inherited. */
  form: ResolvedForm;
  object: AssetObject;
  /** What is known of it where no crawl has found it yet. */
  unregistered: AskedUnregistered | null;
};
export type AskedUnregistered = Unregistered & { readonly description: string | null };

type Row = { id: string; name: string; connection_state: string; domains: DomainRef[] };
type Asked = { assetId: string; type: RequestType; actor: Actor };

/** The asset with this id; undefined when no crawl has found it. `hold` keeps its connection from being deleted until the commit. */
export async function findAssetTarget(
  db: Reader,
  { assetId, type, actor }: Asked,
  hold: 'hold' | 'read',
): Promise<AssetTarget | undefined> {
  const { rows } = await sql<Row>`
    select o.id, o.name, c.state as connection_state,
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name), '[]')
        from domain_data_source x join data_source s on s.id = x.data_source_id join domain d on d.id = x.domain_id
        where s.data_object_id = o.id) as domains
    from data_object o join connection c on c.id = o.connection_id where o.id = ${assetId}
    ${hold === 'hold' ? sql`for key share of c` : sql``}`.execute(db);
  const row = rows[0];
  const forms = row && (await resolveAssetForms(db, [row.id])).get(row.id);
  if (row === undefined || forms === undefined) return undefined;
  const { id, name, domains } = row;
  const reviewers = [...stewardsOf(forms.DATA_ACCESS.flows), ...stewardsOf(forms.MASKING_EXCEPTION.flows)];
  const object: AssetObject = { kind: 'asset', id, name, domains, reviewers };
  requireMay(actor, 'asset.read', object);
  if (hold === 'hold' && row.connection_state === 'deleting') throw new Refusal('connection.deleting');
  return { type: 'DATA_OBJECT', id, name, suspended: false, domains, form: forms[type], object, unregistered: null };
}
