import {
  type DraftedProduct,
  type ListedProductDraft,
  type ProductDraft,
  productDraft,
  productDraftBytes,
  productDraftDays,
  productDraftsAtMost,
  type StoredProductDraft,
} from '@stoa/contract/product-draft';
import { sql } from 'kysely';
import type { Db, Reader, Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';

type Of = { readonly owner: string; readonly id: string };
type KeptRow = { saved_at: Date; kept_until: Date; product: DraftedProduct | null };

const keptUntil = sql<Date>`d.saved_at + make_interval(days => ${productDraftDays})`;
/** One draft, with how the product stands that it changes. Callers know instants to the millisecond. */
const kept = sql`d.saved_at, ${keptUntil} as kept_until,
  case when d.product_updated_at is null then null when p.id is null or p.deleted_at is not null then 'GONE'
    when date_trunc('milliseconds', p.updated_at) > d.product_updated_at then 'CHANGED' else 'SAME' end as product`;
const withProduct = sql`product_draft d left join data_product p on p.id = d.id and d.product_updated_at is not null`;

const presentKept = (row: KeptRow) => ({
  savedAt: row.saved_at.toISOString(),
  keptUntil: row.kept_until.toISOString(),
  product: row.product,
});

const none: StoredProductDraft = { draft: null, savedAt: null, keptUntil: null, product: null };

/** The draft of one person; nobody else's is ever looked at. */
export async function readDraft(reader: Reader, { owner, id }: Of): Promise<StoredProductDraft> {
  const { rows } = await sql<KeptRow & { content: unknown }>`select d.content, ${kept} from ${withProduct}
    where d.global_user_id = ${owner} and d.id = ${id} and ${keptUntil} > now()`.execute(reader);
  const row = rows[0];
  return row ? { draft: productDraft.parse(row.content), ...presentKept(row) } : none;
}

/** One person's drafts, the one saved last first. */
export async function listDrafts(reader: Reader, owner: string, q = ''): Promise<ListedProductDraft[]> {
  const { rows } = await sql<KeptRow & { id: string; name: string }>`select d.id, d.name, ${kept} from ${withProduct}
    where d.global_user_id = ${owner} and ${keptUntil} > now() and position(lower(${q}) in lower(d.name)) > 0
    order by d.saved_at desc, d.id`.execute(reader);
  return rows.map((row) => ({ id: row.id, name: row.name, ...presentKept(row) }));
}

/** Puts the draft in the place of the one before. */
export async function saveDraft(tx: Tx, { owner, id }: Of, draft: ProductDraft): Promise<void> {
  const content = JSON.stringify(draft);
  const bytes = Buffer.byteLength(content);
  if (bytes > productDraftBytes)
    throw new Refusal('product_draft.too_large', {
      detail: `It has ${bytes} bytes; ${productDraftBytes} are kept. What was saved of it before stays.`,
    });
  // Two windows that begin one each must not pass the bound together.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`product drafts ${owner}`}, 0))`.execute(tx);
  const { rows } = await sql<{ others: number; is_product: boolean }>`select
      (select count(*)::int from product_draft d where d.global_user_id = ${owner} and d.id <> ${id} and ${keptUntil} > now()) as others,
      exists (select from data_product where id = ${id}) as is_product`.execute(tx);
  if (draft.begun === undefined && rows[0]?.is_product === true) throw new Refusal('product_draft.published');
  if ((rows[0]?.others ?? 0) >= productDraftsAtMost)
    throw new Refusal('product_draft.too_many', { detail: `There are ${productDraftsAtMost} drafts of yours.` });
  await sql`insert into product_draft (global_user_id, id, product_updated_at, name, content)
    values (${owner}, ${id}, ${draft.begun?.updatedAt ?? null}, ${draft.writing.name}, ${content}::jsonb)
    on conflict (global_user_id, id) do update set product_updated_at = excluded.product_updated_at,
      name = excluded.name, content = excluded.content, saved_at = now()`.execute(tx);
}

/** Throws it away; true when there was one. */
export async function forgetDraft(tx: Reader, { owner, id }: Of): Promise<boolean> {
  const { numAffectedRows } =
    await sql`delete from product_draft where global_user_id = ${owner} and id = ${id}`.execute(tx);
  return numAffectedRows !== undefined && numAffectedRows > 0n;
}

/** Drafts that nobody came back to. */
export async function forgetOldProductDrafts(db: Db): Promise<void> {
  await sql`delete from product_draft d where ${keptUntil} <= now()`.execute(db);
}
