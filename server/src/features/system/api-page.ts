import type { OpenApiDocument, OpenApiOperation } from '@stoa/contract/openapi';
import { style } from './api-page-style.ts';

type Schema = Readonly<Record<string, unknown>>;
type Listed = { method: string; path: string; operation: OpenApiOperation };

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => escapes[letter] ?? letter);

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const schemasIn = (value: unknown): readonly Schema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

/** The OpenAPI document as a page to read: no script, so that it works where nothing may run. */
export function renderApiPage(document: OpenApiDocument, nonce: string): string {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({ method, path, operation })),
  );
  const schemas = isSchema(document.components['schemas']) ? document.components['schemas'] : {};
  const title = `${String(document.info['title'])} API`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style nonce="${nonce}">${style}</style></head><body>
<nav aria-label="Groups"><ul>${document.tags.map(({ name }) => `<li><a href="#${escape(name)}">${escape(name)}</a></li>`).join('')}
<li><a href="#schemas">Schemas</a></li></ul></nav>
<main><h1>${escape(title)}</h1>
<p>${escape(String(document.info['description']))} As a document for programs: <a href="/api/openapi.json">openapi.json</a> or <a href="/api/openapi.yaml">openapi.yaml</a>, OpenAPI ${document.openapi}.</p>
<p>Programs send <code>Authorization: Bearer &lt;personal access token&gt;</code>. Refusals are <code>application/problem+json</code> with a stable <code>code</code>.</p>
${document.tags.map((tag) => renderGroup(tag, listed)).join('\n')}
<section id="schemas"><h2>Schemas</h2>${Object.entries(schemas).map(renderSchema).join('\n')}</section>
</main></body></html>`;
}

function renderGroup({ name, description }: { name: string; description: string }, listed: readonly Listed[]): string {
  const own = listed.filter(({ operation }) => operation.tags.includes(name));
  return `<section id="${escape(name)}"><h2>${escape(name)}</h2><p>${escape(description)}</p>${own.map(renderOperation).join('\n')}</section>`;
}

function renderOperation({ method, path, operation }: Listed): string {
  const rows = operation.parameters.map(
    ({ name, in: place, required, schema, description }) =>
      `<tr><td><code>${escape(name)}</code></td><td>${place}${required ? ', required' : ''}</td><td>${typeOf(schema)}${description === undefined ? '' : ` ${escape(description)}`}</td></tr>`,
  );
  const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
  const refusals = Object.keys(operation.responses).filter((status) => Number(status) >= 400);
  return `<details id="op-${escape(operation.operationId)}"><summary><code class="${method}">${method.toUpperCase()}</code> <code>${escape(path)}</code> <span>${escape(operation.summary)}</span></summary>
<p>Operation <code>${escape(operation.operationId)}</code>. ${rightOf(operation)}</p>
${rows.length === 0 ? '' : `<table><thead><tr><th>Parameter</th><th>Where</th><th>What</th></tr></thead><tbody>${rows.join('')}</tbody></table>`}
${renderBody('Body', operation.requestBody)}
${answers.map(([status, answer]) => renderBody(`Answer ${status}`, answer, 'no body')).join('')}
<p>Refusals: ${refusals.map((status) => `<code>${status}</code>`).join(' ')}</p></details>`;
}

const rightOf = (operation: OpenApiOperation): string =>
  operation['x-stoa-action'] === undefined
    ? 'Open to everybody.'
    : `Asks for the right <code>${escape(operation['x-stoa-action'])}</code>.`;

function renderBody(label: string, holder: unknown, otherwise = ''): string {
  const content = isSchema(holder) && isSchema(holder['content']) ? Object.values(holder['content'])[0] : undefined;
  const schema = isSchema(content) && isSchema(content['schema']) ? content['schema'] : undefined;
  if (schema === undefined) return otherwise === '' ? '' : `<p>${label}: ${otherwise}.</p>`;
  return `<p>${label}:</p><pre>${shapeOf(schema, 0)}</pre>`;
}

const renderSchema = ([name, schema]: [string, unknown]): string =>
  `<details id="schema-${escape(name)}"><summary><code>${escape(name)}</code></summary><pre>${isSchema(schema) ? shapeOf(schema, 0) : ''}</pre></details>`;

const linkTo = (ref: string): string => {
  const name = ref.split('/').at(-1) ?? ref;
  return `<a href="#schema-${escape(name)}">${escape(name)}</a>`;
};

/** A schema as one reads a value: members with their types, `?` behind what may be absent. */
function shapeOf(schema: Schema, depth: number): string {
  const alternatives = [...schemasIn(schema['anyOf']), ...schemasIn(schema['oneOf']), ...schemasIn(schema['allOf'])];
  if (alternatives.length > 0) return alternatives.map((one) => shapeOf(one, depth)).join(' or ');
  if (isSchema(schema['items'])) return `[ ${shapeOf(schema['items'], depth)} ]`;
  const members = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
  if (members.length === 0) return typeOf(schema);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const indent = '  '.repeat(depth + 1);
  const lines = members.map(
    ([name, member]) =>
      `${indent}${escape(name)}${required.includes(name) ? '' : '?'}: ${isSchema(member) ? shapeOf(member, depth + 1) : 'anything'}`,
  );
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
}

const boundOf = (bound: unknown): string => (typeof bound === 'number' ? String(bound) : '');

function typeOf(schema: Schema): string {
  const { $ref, type, format, minimum, maximum } = schema;
  if (typeof $ref === 'string') return linkTo($ref);
  if ('const' in schema) return `<q>${escape(String(schema['const']))}</q>`;
  if (Array.isArray(schema['enum'])) return schema['enum'].map((one) => `<q>${escape(String(one))}</q>`).join(' ');
  if (schemasIn(schema['anyOf']).length > 0) return schemasIn(schema['anyOf']).map(typeOf).join(' or ');
  if (isSchema(schema['items'])) return `list of ${typeOf(schema['items'])}`;
  const range = [minimum, maximum].some((bound) => Math.abs(Number(bound)) < 1e9)
    ? ` ${boundOf(minimum)}..${boundOf(maximum)}`
    : '';
  const kind = typeof type === 'string' ? type : 'anything';
  return escape(`${kind}${typeof format === 'string' ? ` (${format})` : ''}${range}`);
}
