import type { AccessCause, AccessExplanation, AccessStep } from '@stoa/contract/access';
import type { IdentityState, Technology } from '@stoa/contract/enums';
import { circumstance } from '@stoa/contract/policy';
import {
  explainAccess,
  whyNot,
  type ExplainedCause,
  type ExplainedPolicy,
  type Explanation,
  type PolicyFacts,
} from '@stoa/core/access/explain';
import { remainderKey } from '@stoa/core/condition/remainder';
import type { ReviewerSource } from '@stoa/core/review/flow';
import { stewardsOf } from '@stoa/core/review/resolve-flow';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { loadFacts } from '../../provisioning/load-facts.ts';
import { loadPersonFacts, loadSourcePolicies } from '../../provisioning/load-standings.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';
import { loadDataProducts } from '../data-product/load-products.ts';
import { resolveAssetForms } from '../request-form/resolve-form-version.ts';
import { type LoadedPerson, loadPerson } from '../user/load-people.ts';

type SourceRow = {
  id: number;
  name: string;
  connection_id: string;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  /** The view that it is read through. */
  view_path: string[] | null;
  domains: { id: string; name: string }[];
  products: { id: string; name: string; slug: string; suspended: boolean }[];
  /** The object itself, and what is above it, nearest first: each can be asked for as an asset. */
  assets: { id: string; name: string }[];
};

type Question = { actor: LoadedPerson; globalUserId: string; dataSourceId: number };

/** Why somebody may read a source, or why not, from the same compile that is enforced; a "no" names one next step. */
export async function explain(deps: Deps, { actor, globalUserId, dataSourceId }: Question): Promise<AccessExplanation> {
  const [person, source] = await Promise.all([loadPerson(deps.db, globalUserId), loadSource(deps.db, dataSourceId)]);
  if (!person || !source) throw notFound('user or data source');
  const products = await loadDataProducts(
    deps.db,
    source.products.map((product) => product.id),
    actor,
  );
  const reviewers = [
    ...[...products.values()].flatMap((product) => product.object.reviewers),
    ...(await stewardsOfAssets(deps.db, source)),
  ];
  requireMay(actor, 'access.explain', {
    kind: 'explain',
    globalUserId,
    personId: person.personId,
    sourceDomains: source.domains,
    reviewers,
  });
  const keys = [...source.products, ...source.assets].map((target) => ({ targetId: target.id, globalUserId }));
  const { facts } = await loadFacts(deps.db, {
    connectionId: source.connection_id,
    installationId: deps.installationId,
    scope: { kind: 'keys', keys },
    source: dataSourceId,
  });
  const identity = await readIdentity(deps.db, source.connection_id, globalUserId);
  const policy = await loadPolicyFacts(deps.db, { globalUserId, dataSourceId, connectionId: source.connection_id });
  const answer = explainAccess(facts, { globalUserId, dataSourceId }, policy);
  const [bypass, proof] = await Promise.all([
    readBypass(deps.db, source, identity?.principalId ?? null),
    readProof(deps.db, source, globalUserId),
  ]);
  const names = new Map(source.products.map((product) => [product.id, product]));
  const causes: AccessCause[] = [
    ...answer.causes.map((cause) => toCause(cause, names)),
    ...answer.policies.filter(({ kind }) => kind === 'grant').map((one) => toPolicyCause(one, answer)),
  ];
  for (const way of bypass)
    causes.push({ kind: 'native_grant', label: way, gives: true, reason: 'granted on the platform by others' });
  const next = answer.effective ? undefined : nextStep(source, answer);
  return {
    effective: effectiveOf(answer),
    causes,
    guardrails: answer.guardrails.map(({ name, passes, reason }) => ({ name, passes, reason })),
    policies: answer.policies.map((one) => ({
      ...one,
      matchedCircumstance: circumstance.parse(one.matchedCircumstance),
      truth: [...one.truth],
    })),
    formula: answer.formula,
    path: [
      ...answer.path.map((step) => (step.kind === 'user' ? { ...step, name: person.name } : { ...step })),
      ...(next ? [next.step] : []),
    ],
    user: { globalUserId, username: person.username, name: person.name },
    source: {
      dataSourceId,
      name: source.name,
      connectionKey: source.connection_key,
      technology: source.technology,
      objectPath: source.object_path,
    },
    identity: identity && { externalName: identity.externalName, state: identity.state },
    ...(next ? { next: next.text } : {}),
    bypass,
    proof,
  };
}

/** A guardrail of a policy that fails prevents access whatever is approved; else a "no" is one that a request may change. */
function effectiveOf({ effective, policies }: Explanation): AccessExplanation['effective'] {
  if (effective) return 'SUBSCRIBED';
  return policies.some(({ kind, result }) => kind === 'guardrail' && !result) ? 'RESTRICTED' : 'NONE';
}

async function loadPolicyFacts(
  db: Reader,
  { globalUserId, dataSourceId, connectionId }: { globalUserId: string; dataSourceId: number; connectionId: string },
): Promise<PolicyFacts> {
  const { rules, sources } = await loadSourcePolicies(db, [dataSourceId]);
  const of = rules.get(dataSourceId);
  const person = of === undefined ? undefined : await loadPersonFacts(db, globalUserId);
  const key = of === undefined ? null : remainderKey(of.access);
  const { rows } =
    key === null
      ? { rows: [] }
      : await sql<{ number: number }>`
        select c.number::int as number from container c join container_part p on p.connection_id = c.connection_id and p.target_id = c.target_id
        where c.connection_id = ${connectionId} and c.kind = 'po' and p.key = ${key}`.execute(db);
  const loaded = sources.get(dataSourceId);
  return {
    rules: of,
    source: loaded?.facts,
    object: loaded?.source,
    person,
    containerNumber: rows[0]?.number ?? null,
  };
}

async function loadSource(db: Reader, id: number): Promise<SourceRow | undefined> {
  const { rows } = await sql<SourceRow>`
    select s.id, s.name, s.connection_id, c.connection_key, c.technology, o.object_path, (select v.view_path from source_protection v where v.data_source_id = s.id) as view_path,
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name)), '[]') from domain d join domain_data_source x on x.domain_id = d.id
        where x.data_source_id = s.id) as domains,
      (select coalesce(json_agg(json_build_object('id', p.id, 'name', p.name, 'slug', p.slug, 'suspended', p.suspended) order by p.name), '[]')
        from data_product p join data_product_source x on x.data_product_id = p.id where x.data_source_id = s.id and p.deleted_at is null) as products,
      (select json_agg(json_build_object('id', a.id, 'name', array_to_string(a.object_path, '.')) order by cardinality(a.object_path) desc)
        from data_object a where a.id in (${assetsOver(sql`o.id`)})) as assets
    from data_source s join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id where s.id = ${id}`.execute(
    db,
  );
  return rows[0];
}

async function stewardsOfAssets(db: Reader, source: SourceRow): Promise<ReviewerSource[]> {
  const forms = await resolveAssetForms(
    db,
    source.assets.map((asset) => asset.id),
  );
  return [...forms.values()].flatMap((form) => stewardsOf(form.DATA_ACCESS.flows));
}

type IdentityRow = { externalName: string; principalId: string | null; state: IdentityState };

async function readIdentity(db: Reader, connectionId: string, globalUserId: string): Promise<IdentityRow | null> {
  const { rows } = await sql<IdentityRow>`
    select external_name as "externalName", platform_principal_id as "principalId", state from platform_identity
    where connection_id = ${connectionId} and global_user_id = ${globalUserId}`.execute(db);
  return rows[0] ?? null;
}

/** Ways around our containers that the last sweep saw: grants of others, ownership, PUBLIC. */
async function readBypass(db: Reader, source: SourceRow, principalId: string | null): Promise<string[]> {
  if (principalId === null) return [];
  const { rows } = await sql<{ principal: string; privilege: string }>`
    select principal, privilege from drift_finding
    where connection_id = ${source.connection_id} and finding = 'bypass' and closed_at is null
      and (object = any(${[source.object_path, source.view_path ?? source.object_path].map((path) => path.join('.'))}::text[]) or object = '') and detail -> 'consumers' ? ${principalId}`.execute(
    db,
  );
  return rows.map((row) => `${row.privilege} held by ${row.principal}`);
}

async function readProof(db: Reader, source: SourceRow, globalUserId: string): Promise<AccessExplanation['proof']> {
  const { rows } = await sql<{ principal: string; probe: string; verified_at: Date }>`
    select m.principal, m.probe, m.verified_at from membership_status m
    where m.connection_id = ${source.connection_id} and m.global_user_id = ${globalUserId}
      and m.target_id = any(${[...source.products, ...source.assets].map((target) => target.id)}::uuid[]) and m.verified_at is not null and m.probe is not null and m.principal is not null order by m.verified_at desc limit 1`.execute(
    db,
  );
  const row = rows[0];
  return row ? { principal: row.principal, probe: row.probe, observedAt: row.verified_at.toISOString() } : null;
}

function toCause(cause: ExplainedCause, products: ReadonlyMap<string, SourceRow['products'][number]>): AccessCause {
  const product = products.get(cause.targetId);
  return {
    kind: 'request',
    label: product?.name ?? cause.label,
    gives: cause.gives,
    reason: cause.reason,
    requestId: cause.requestId,
    target: {
      id: cause.targetId,
      type: cause.targetKind === 'dp' ? 'DATA_PRODUCT' : 'DATA_OBJECT',
      name: product?.name ?? cause.label,
      ...(product ? { slug: product.slug } : {}),
    },
    ...(cause.notAfter === null ? {} : { until: new Date(cause.notAfter).toISOString() }),
  };
}

/** A policy as a cause; its reason is what its calls came to, or what keeps the access from coming. */
function toPolicyCause(policy: ExplainedPolicy, { effective, guardrails, path }: Explanation): AccessCause {
  const told = policy.truth.map(({ because }) => because).join('; ');
  const isAway = path.some(({ kind, holds }) => kind === 'identity' && !holds);
  const closed = guardrails.filter(({ passes }) => !passes).map(({ name }) => name);
  const gives = policy.result && effective;
  const standing = policy.isInConflict
    ? 'It is in conflict with another policy that asks for no condition; neither acts.'
    : !policy.result || gives
      ? told || null
      : closed.length > 0
        ? `Kept closed by ${closed.join(', ')}.`
        : isAway
          ? 'identity.none'
          : told || null;
  return { kind: 'policy', label: policy.name, gives, reason: standing, policyId: policy.policyId };
}

/** One next step for a "no": what holds an approval back, else the product to ask for. */
function nextStep(source: SourceRow, { causes, policies, path }: Explanation): { text: string; step: AccessStep } {
  const unmet = policies.find(({ kind, result }) => kind === 'guardrail' && !result);
  if (unmet !== undefined) {
    const why = whyNot(unmet.truth);
    const text = `The guardrail ${unmet.name} is not passed${why === '' ? '' : `: ${why}`}. Ask a user admin about the group or attribute it asks for.`;
    return { text, step: { kind: 'ask', name: unmet.name, holds: false, text } };
  }
  const given = policies.find(({ kind, result }) => kind === 'grant' && result);
  if (given !== undefined && path.some(({ kind, holds }) => kind === 'identity' && !holds)) {
    const text = heldText('identity.none', source.connection_key);
    return { text, step: { kind: 'ask', name: given.name, holds: false, text } };
  }
  const held = causes.find(
    (cause) =>
      cause.reason?.startsWith('identity.') ||
      cause.reason?.startsWith('source.') ||
      cause.reason === 'target.suspended' ||
      cause.reason === 'approval.awaiting_acceptance',
  );
  if (held) {
    const text = heldText(held.reason ?? '', source.connection_key);
    return { text, step: { kind: 'ask', name: held.label, holds: false, text } };
  }
  const product = source.products.find((candidate) => !candidate.suspended);
  if (!product) {
    const asset = source.assets[0];
    const text = `No open data product holds this source. Request access to ${asset?.name ?? source.name} itself.`;
    return {
      text,
      step: { kind: 'request', name: source.name, holds: false, text, ...(asset ? { assetId: asset.id } : {}) },
    };
  }
  const text = `Request access to ${product.name}.`;
  return { text, step: { kind: 'request', name: product.name, holds: false, text, dataProductId: product.id } };
}

function heldText(reason: string, connectionKey: string): string {
  if (reason.startsWith('identity.'))
    return `Given, but there is no account on ${connectionKey} to give it to. Ask a user admin to map one.`;
  if (reason === 'approval.awaiting_acceptance')
    return 'Approved; access starts once they have accepted the data use agreement of the request.';
  if (reason === 'target.suspended') return 'The data product is suspended. Access returns when a manager resumes it.';
  return 'The source is not available on the platform now. Ask its data product manager.';
}
