import { createPolicy, type PolicyDraftIn, setPolicyState, updatePolicy } from '@stoa/contract/policy-resource';
import { switchSourcePolicy } from '@stoa/contract/source-policy';
import type { TestPerson } from '@stoa/server/testing/people';
import type { Registered } from '@stoa/server/testing/register-platform';
import type { Words } from './store-words.ts';
import type { Writer } from './writer.ts';

type Given = { admin: TestPerson; words: Words; registered: Registered };

/** A text inside the quotes of a condition. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const asPattern = (text: string): string => text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');

/** Policies of every kind, written and written again, with hostile words wherever they take some. */
export async function storePolicies(writer: Writer, given: Given): Promise<string[]> {
  const ids: string[] = [];
  const { admin } = given;
  for (const draft of draftsOf(writer, given)) {
    const made = await writer.write(admin, createPolicy, { body: { policy: draft() } });
    await writer.write(admin, updatePolicy, {
      params: { id: made.id },
      body: { policy: draft(), version: made.version },
    });
    ids.push(made.id);
  }
  return ids;
}

function draftsOf(writer: Writer, { words, registered }: Given): (() => PolicyDraftIn)[] {
  const { group, attribute, tag } = words;
  const isMember = `@isInGroups(${quoted(group.name)}) OR @hasAttribute(${quoted(attribute.name)}, ${quoted(writer.line(200))})`;
  const named = () => ({ name: writer.line(), scope: { kind: 'domain' as const, domainId: registered.domainId } });
  const signed = () => ({
    certification: { label: writer.line(), text: writer.text(6_000, 15) },
    circumstances: [
      { type: 'tags' as const, tag: tag.name },
      { type: 'columnRegex' as const, regex: asPattern(writer.line(200)) },
      { type: 'object' as const, connectionKey: registered.connectionKey, objectPath: [writer.line(), writer.line()] },
    ],
  });
  const everyone = { for: 'everyone' as const };
  const others = { for: 'everyoneExcept' as const, condition: isMember };
  const all = { columns: 'all' as const };
  const constant = () => ({ maskingType: 'constant' as const, value: writer.line() });
  const pattern = () => ({
    maskingType: 'regex' as const,
    pattern: asPattern(writer.line(200)),
    replacement: writer.line().replaceAll('$', ''),
  });
  const custom = () => ({
    maskingType: 'custom' as const,
    expression: `coalesce(${quoted(writer.line(200))}, @column)`,
  });
  const columnIs = () => `@columnTagged(${quoted(tag.name)}) = ${quoted(writer.line(200))}`;
  const subscription = { type: 'subscription' as const, kind: 'grant' as const, level: 'entitlements' as const };
  const data = (action: object, who: object = everyone): (() => PolicyDraftIn) => {
    const make = () => ({ type: 'data', ...named(), ...signed(), action, who }) as unknown;
    return () => make() as PolicyDraftIn;
  };
  const mask = (masking: object, more: object = {}) => ({ kind: 'mask', masking, target: all, ...more });
  const otherwise = (masking: object) => ({ for: 'everyoneWho', condition: isMember, otherwise: masking });
  return [
    () => ({ ...subscription, ...named(), ...signed(), condition: isMember }),
    () => ({
      ...subscription,
      ...named(),
      ...signed(),
      entitlements: { operator: 'any', groups: [group.name], attributes: [attribute] },
    }),
    data(mask(constant()), others),
    data(mask(pattern(), { target: { columns: 'tagged', tag: tag.name } })),
    data(mask(custom(), { target: { columns: 'nameRegex', regex: asPattern(writer.line(200)) } })),
    data(mask(constant(), { where: columnIs(), ifTagMissing: 'skip' })),
    data(mask(constant()), otherwise(constant())),
    data(mask(constant()), otherwise(pattern())),
    data(mask(constant()), otherwise(custom())),
    data({
      kind: 'row',
      row: {
        kind: 'match',
        by: { kind: 'attribute', name: attribute.name },
        columnTag: tag.name,
        ifTagMissing: 'skip',
      },
    }),
    data({ kind: 'row', row: { kind: 'where', predicate: columnIs(), ifTagMissing: 'skip' } }),
  ];
}

/** Two masks in force on every column called `label`; one is switched off on one source, for a hostile reason. */
export async function maskLabels(writer: Writer, given: Omit<Given, 'words'>): Promise<void> {
  const { admin, registered } = given;
  await putInForce(writer, given);
  const policyId = await putInForce(writer, given);
  const id = registered.sources.at(-1)?.id ?? 0;
  await writer.write(admin, switchSourcePolicy, {
    params: { id, policyId },
    body: { off: true, reason: writer.text(1_000, 5) },
  });
}

async function putInForce(writer: Writer, { admin, registered }: Omit<Given, 'words'>): Promise<string> {
  const made = await writer.write(admin, createPolicy, {
    body: {
      policy: {
        type: 'data',
        name: writer.line(),
        scope: { kind: 'domain', domainId: registered.domainId },
        circumstances: [{ type: 'all' }],
        action: {
          kind: 'mask',
          masking: { maskingType: 'constant', value: writer.line() },
          target: { columns: 'nameRegex', regex: 'label' },
        },
        who: { for: 'everyone' },
      },
    },
  });
  const params = { id: made.id };
  await writer.write(admin, setPolicyState, { params, body: { state: 'active', version: made.version } });
  return made.id;
}
