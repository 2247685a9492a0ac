import type { CrawledObject } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import type { Tx } from '../db/pool.ts';

/** PostgreSQL stores no NUL; other platforms may hold one in a comment. */
const storable = (text: string | null): string | null => text?.replaceAll('\0', '') ?? null;

const toRow = (object: CrawledObject) => ({
  new_id: newUuid(),
  platform_id: object.platformId,
  parent_platform_id: object.parentPlatformId,
  object_path: object.objectPath,
  object_type: object.objectType,
  owner: object.owner,
  owner_platform_id: object.ownerPlatformId,
  comment: storable(object.comment),
  columns: object.columns.map(({ name, ordinal, nativeType, typeFamily, nullable, comment }) => ({
    name,
    ordinal,
    nativeType,
    typeFamily,
    nullable,
    comment: storable(comment),
  })),
});

/**
 * Keeps a batch until the whole is known. One travels as JSON, since paths are arrays themselves. An object that was
 * renamed while the crawl ran may be seen twice: the first sight counts, the next crawl sees the rest.
 */
export async function stageObjects(tx: Tx, crawlId: string, objects: readonly CrawledObject[]): Promise<void> {
  await sql`
    insert into crawl_object (crawl_id, new_id, platform_id, parent_platform_id, depth, object_path, object_type, owner,
      owner_platform_id, comment, columns)
    select ${crawlId}, x.new_id, x.platform_id, x.parent_platform_id, jsonb_array_length(x.object_path),
      array(select jsonb_array_elements_text(x.object_path)), x.object_type, x.owner, x.owner_platform_id, x.comment, x.columns
    from jsonb_to_recordset(${JSON.stringify(objects.map(toRow))}::jsonb) as x (new_id uuid, platform_id text,
      parent_platform_id text, object_path jsonb, object_type text, owner text, owner_platform_id text, comment text, columns jsonb)
    on conflict do nothing`.execute(tx);
}
