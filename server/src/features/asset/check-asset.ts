import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import type { AssetRow } from './load-assets.ts';

/** The form named must be there, and stays until the commit. The Standard Request Form may be set like any other. */
export async function checkForm(tx: Tx, formId: string): Promise<void> {
  const { rows } =
    await sql`select from request_form where id::text = ${formId} and deleted_at is null for share`.execute(tx);
  if (rows.length === 0) throw new Refusal('asset.form_unknown', { detail: `There is no request form ${formId}.` });
}

/** People newly named must be there and active; who was named before may have left since. */
export async function checkExperts(tx: Tx, row: AssetRow, ids: readonly string[]): Promise<void> {
  const added = ids.filter((id) => !row.experts.some((expert) => expert.id === id));
  const { rows } = await sql<{ id: string }>`
    select global_user_id as id from app_user where global_user_id = any(${added}::uuid[]) and status = 'active' for key share`.execute(
    tx,
  );
  const missing = added.filter((id) => !rows.some((found) => found.id === id));
  if (missing.length > 0)
    throw new Refusal('asset.person_unknown', {
      detail: `There is no active person ${missing.join(', ')}.`,
      extra: { globalUserIds: missing },
    });
}

type FixedMetadata = {
  readonly objectPath?: readonly string[] | undefined;
  readonly technology?: string | undefined;
  readonly legacyType?: string | undefined;
  readonly dataSourceId?: number | undefined;
};

/** What the platform says of an object is not for people to change: a member may repeat it, and nothing else. */
export function checkMetadata(row: AssetRow, metadata: FixedMetadata): void {
  const same: Record<keyof FixedMetadata, boolean> = {
    objectPath:
      metadata.objectPath === undefined || JSON.stringify(metadata.objectPath) === JSON.stringify(row.object_path),
    technology: metadata.technology === undefined || metadata.technology === row.technology,
    legacyType: metadata.legacyType === undefined || metadata.legacyType === row.object_type,
    dataSourceId: metadata.dataSourceId === undefined || metadata.dataSourceId === row.source_id,
  };
  const errors = Object.entries(same).flatMap(([member, isSame]) =>
    isSame ? [] : [{ path: `body.metadata.${member}`, message: 'is what the platform says and cannot be changed' }],
  );
  if (errors.length > 0)
    throw new Refusal('asset.metadata_mismatch', {
      detail: `This asset is ${row.object_path.join('.')}, a ${row.object_type} on ${row.technology}.`,
      errors,
    });
}
