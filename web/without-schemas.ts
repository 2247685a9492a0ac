import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** What the browser never reads of an operation: the server parses requests and guards replies, not the page. */
const unreadMembers: ReadonlySet<string> = new Set([
  'params',
  'query',
  'body',
  'responses',
  'summary',
  'access',
  'losing',
  'freshLogin',
  'withoutSecondFactor',
  'published',
  'unedited',
  'partOf',
]);
/** Values that cost nothing to keep; every other one may be left out when nobody reads it. */
const plainValues: ReadonlySet<string> = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'Literal']);

type Node = { readonly type: string; readonly start: number; readonly end: number } & Record<string, unknown>;
type Edit = { readonly start: number; readonly end: number; readonly text: string };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
const nodesOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const nameOf = (node: unknown): string | undefined =>
  isNode(node) && typeof node.name === 'string' ? node.name : undefined;

/** Cuts members out of `operation({…})`, each up to where the next one begins. */
function cutsOf(value: Node): Edit[] {
  if (value.type !== 'CallExpression' || nameOf(value.callee) !== 'operation') return [];
  const [argument] = nodesOf(value.arguments);
  const members = nodesOf(argument?.properties);
  return members.flatMap((member, at): Edit[] =>
    unreadMembers.has(nameOf(member.key) ?? '')
      ? [{ start: member.start, end: members[at + 1]?.start ?? member.end, text: '' }]
      : [],
  );
}

/**
 * The words of an enumeration beside it, as a plain list: `status` gets `status$options`. Screens that only list the
 * words then read the list, and the enumeration itself may fall away like every other schema.
 */
function wordListsOf(code: string, statement: Node): string {
  if (statement.type !== 'ExportNamedDeclaration' || !isNode(statement.declaration)) return '';
  return nodesOf(statement.declaration.declarations)
    .map(({ id, init }) => {
      const isEnum = isNode(init) && init.type === 'CallExpression' && isNode(init.callee);
      if (!isEnum || !isNode(init.callee) || nameOf(init.callee.property) !== 'enum') return '';
      const [words] = nodesOf(init.arguments);
      if (words?.type !== 'ArrayExpression') return '';
      const list = code.slice(words.start, words.end).replaceAll('.options', '$options');
      return `export const ${nameOf(id)}$options = ${list};\n`;
    })
    .join('');
}

/** The operations of a module alone, as plain values: no schema, no import, so they drag nothing along. */
/** What an operation names is not there in the web: a name of something else would end every screen that loads it. */
function requireLiterals(
  code: string,
  value: Node,
  { name = '', cuts }: { name: string | undefined; cuts: readonly { start: number; end: number }[] },
): void {
  for (const { start, end, value: part } of nodesOf(value.properties)) {
    if (cuts.some((cut) => cut.start <= start && end <= cut.end)) continue;
    if (isNode(part) && part.type === 'Identifier')
      throw new Error(`${name}: write "${code.slice(start, end)}" as a literal, the web keeps nothing beside it`);
  }
}

function operationsOf(code: string, statement: Node): string {
  if (statement.type !== 'ExportNamedDeclaration' || !isNode(statement.declaration)) return '';
  return nodesOf(statement.declaration.declarations)
    .map(({ id, init }) => {
      if (!isNode(init) || nameOf(init.callee) !== 'operation') return '';
      const [value] = nodesOf(init.arguments);
      if (value === undefined) return '';
      requireLiterals(code, value, { name: nameOf(id), cuts: cutsOf(init) });
      const cuts = cutsOf(init).map((cut) => ({ ...cut, start: cut.start - value.start, end: cut.end - value.start }));
      return `export const ${nameOf(id)} = ${applied(code.slice(value.start, value.end), cuts)};\n`;
    })
    .join('');
}

type Taken = { readonly imported: string; readonly local: string };
type ContractImport = { readonly node: Node; readonly source: string; readonly taken: readonly Taken[] };

/** The names that a module of the web takes from one module of the contract. */
function contractImportOf(node: Node): ContractImport[] {
  if (node.type !== 'ImportDeclaration' || !isNode(node.source)) return [];
  const source = node.source.value;
  if (typeof source !== 'string' || !source.startsWith('@stoa/contract/')) return [];
  const taken = nodesOf(node.specifiers).flatMap(({ imported, local }): Taken[] => {
    const [from, as] = [nameOf(imported), nameOf(local)];
    return from === undefined || as === undefined ? [] : [{ imported: from, local: as }];
  });
  return [{ node, source, taken }];
}

const importText = (taken: readonly Taken[], source: string): string => {
  const names = taken.map(({ imported, local }) => `${imported} as ${local}`).join(', ');
  return taken.length === 0 ? '' : `import { ${names} } from '${source}';\n`;
};

function membersOf(value: unknown, names: ReadonlySet<string>, found: Node[]): Node[] {
  if (Array.isArray(value)) {
    for (const one of value) membersOf(one, names, found);
  } else if (isNode(value)) {
    const isOptions = value.type === 'MemberExpression' && nameOf(value.property) === 'options';
    if (isOptions && names.has(nameOf(value.object) ?? '')) found.push(value);
    else for (const member of Object.values(value)) membersOf(member, names, found);
  }
  return found;
}

const applied = (code: string, edits: readonly Edit[]): string =>
  edits.reduceRight((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), code);

/** A chain such as `z.object({…}).meta({…})` counts as an effect; inside a function that is marked pure it does not. */
function editsOf(statement: Node): Edit[] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (!isNode(declaration) || declaration.type !== 'VariableDeclaration') return [];
  return nodesOf(declaration.declarations).flatMap(({ init }): Edit[] => {
    if (!isNode(init) || plainValues.has(init.type)) return [];
    return [
      { start: init.start, end: init.start, text: '/* @__PURE__ */ (() => (' },
      ...cutsOf(init),
      { start: init.end, end: init.end, text: '))()' },
    ];
  });
}

/**
 * Takes the schemas out of the contract in the built page. What is then unused falls away, and zod with it (some 30 KB
 * brotli), unless a screen parses with a schema of its own: then zod comes with that screen.
 */
export function contractWithoutSchemas(): Plugin {
  return {
    name: 'stoa-contract-without-schemas',
    apply: 'build',
    enforce: 'post',
    transform: {
      filter: { id: /\/contract\/src\/.*\.ts(\?operations|\?words)?$/ },
      handler(code, id) {
        const body = nodesOf(this.parse(code).body);
        if (id.endsWith('?operations')) {
          return { code: body.map((one) => operationsOf(code, one)).join(''), map: null, moduleSideEffects: false };
        }
        if (id.endsWith('?words')) {
          return { code: body.map((one) => wordListsOf(code, one)).join(''), map: null, moduleSideEffects: false };
        }
        return { code: applied(code, body.flatMap(editsOf)), map: null, moduleSideEffects: false };
      },
    },
  };
}

/**
 * The other half: screens take operations, and the words of enumerations (`status.options`), from parts of the
 * contract's modules that hold nothing else. A module stays whole for the screens that parse with its schemas.
 */
export function contractInParts(): Plugin {
  return {
    name: 'stoa-contract-in-parts',
    apply: 'build',
    enforce: 'post',
    transform: {
      filter: { id: /\/web\/src\/.*\.tsx?$/, code: '@stoa/contract/' },
      async handler(code, importer) {
        const body = nodesOf(this.parse(code).body);
        const edits: Edit[] = [];
        for (const one of body.flatMap(contractImportOf)) {
          const file = await this.resolve(one.source, importer);
          if (file === null) continue;
          const text = readFileSync(file.id, 'utf8');
          const is = (name: string, call: string) => new RegExp(`export const ${name} = ${call}\\(`).test(text);
          const operations = one.taken.filter(({ imported }) => is(imported, 'operation'));
          const words = one.taken.filter(({ imported }) => is(imported, 'z\\.enum'));
          const uses = membersOf(body, new Set(words.map(({ local }) => local)), []);
          const listed = words.map(({ imported, local }) => ({
            imported: `${imported}$options`,
            local: `${local}$options`,
          }));
          edits.push({
            start: one.node.start,
            end: one.node.end,
            text:
              importText(operations, `${file.id}?operations`) +
              importText(listed, `${file.id}?words`) +
              importText(
                one.taken.filter((name) => !operations.includes(name)),
                one.source,
              ),
          });
          for (const use of uses) edits.push({ start: use.start, end: use.end, text: `${nameOf(use.object)}$options` });
        }
        return {
          code: applied(
            code,
            edits.toSorted((x, y) => x.start - y.start),
          ),
          map: null,
        };
      },
    },
  };
}
