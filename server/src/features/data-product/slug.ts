import { cutText } from '@stoa/contract/text';
import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { type Tx, withNext } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';

/** The part of an address that stands for a name: letters and digits of any script, the rest as single hyphens. */
export function slugOf(name: string): string {
  const words = name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  const slug = cutText(words, 200);
  return slug === '' ? 'product' : slug;
}

/**
 * A slug that no product in use has: the name's, or the name's with a number. Takers of the same one wait for each other. Names that
 * are one name begin with one slug: a product that has this one already is found among them, however it was written before names
 * were tidied.
 */
export async function takeSlug(tx: Tx, name: string, ownId: string): Promise<string> {
  const base = slugOf(name);
  await sql`${withNext}select pg_advisory_xact_lock(hashtextextended(${`slug:${base}`}, 0))`.execute(tx);
  const { rows } = await sql<{ slug: string; name: string }>`
    select slug, name from data_product
    where deleted_at is null and id <> ${ownId} and (starts_with(slug, ${base}) or name_key = ${foldName(name)})`.execute(
    tx,
  );
  if (rows.some((row) => foldName(row.name) === foldName(name))) throw nameTaken(name);
  const taken = new Set(rows.map((row) => row.slug));
  // A slug that reads as an id would never be found: addresses with an id are taken for ids.
  const isFree = (slug: string) => !taken.has(slug) && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(slug);
  if (isFree(base)) return base;
  let number = 2;
  while (!isFree(`${base}-${number}`)) number++;
  return `${base}-${number}`;
}

const nameTaken = (name: string): Refusal =>
  new Refusal('data_product.name_taken', {
    detail: `A data product has the name "${name}" already.`,
    errors: [{ path: 'body.name', message: 'is the name of another data product' }],
  });
