import { listDataObjects } from '@stoa/contract/data-object';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { queryOf } from '../../lib/api.ts';
import { useConnectionNames } from './connection-names.ts';
import { type Branch, type Node, rowsOf } from './object-rows.ts';

const pageSize = 100;
/** The first page has no token. */
const firstPage = '';

const keyOfConnection = (connectionKey: string): string => `connection ${connectionKey}`;

function queryFor(node: Node, nextToken: string) {
  const page = { limit: pageSize, ...(nextToken === firstPage ? {} : { nextToken }) };
  const query =
    node.kind === 'connection'
      ? { ...page, connectionKey: node.name }
      : { ...page, connectionKey: node.object.connectionKey, parentId: node.object.id };
  return queryOf(listDataObjects, { query });
}

/** The tree of all connections, read branch by branch and page by page as it is opened. */
export function useObjectTree(openAtFirst: string | undefined) {
  const connections = useConnectionNames();
  const [open, setOpen] = useState<ReadonlyMap<string, { node: Node; tokens: readonly string[] }>>(new Map());
  const roots = (connections.data ?? []).map(
    ({ connectionKey, technology }): Node => ({
      kind: 'connection',
      key: keyOfConnection(connectionKey),
      name: connectionKey,
      technology,
    }),
  );
  const first = openAtFirst ?? (roots.length === 1 ? roots[0]?.name : undefined);
  const [opened, setOpened] = useState<string>();
  const wanted = roots.find((root) => root.name === first);
  if (wanted !== undefined && opened !== wanted.key) {
    setOpened(wanted.key);
    setOpen((before) => new Map(before).set(wanted.key, { node: wanted, tokens: [firstPage] }));
  }
  const asked = [...open].flatMap(([key, { node, tokens }]) => tokens.map((token) => ({ key, node, token })));
  const answers = useQueries({ queries: asked.map(({ node, token }) => queryFor(node, token)) });
  const branchOf = (key: string): Branch | undefined => {
    const own = answers.filter((_, at) => asked[at]?.key === key);
    if (own.length === 0) return undefined;
    return {
      children: own.flatMap((answer) =>
        (answer.data?.data ?? []).map(
          (object): Node => ({ kind: 'object', key: object.id, name: object.name, object }),
        ),
      ),
      hasMore: own.at(-1)?.data?.meta.nextToken != null || own.at(-1)?.isPending === true,
      isLoading: own.some((answer) => answer.isPending),
      hasFailed: own.some((answer) => answer.isError),
    };
  };
  const loadMore = (key: string) => {
    const last = answers.findLast((_, at) => asked[at]?.key === key);
    const next = last?.data?.meta.nextToken;
    if (next == null) return;
    setOpen((before) => {
      const entry = before.get(key);
      if (entry === undefined || entry.tokens.includes(next)) return before;
      return new Map(before).set(key, { ...entry, tokens: [...entry.tokens, next] });
    });
  };
  const expand = (node: Node) => setOpen((before) => new Map(before).set(node.key, { node, tokens: [firstPage] }));
  const collapse = (key: string) =>
    setOpen((before) => {
      const rest = new Map(before);
      rest.delete(key);
      return rest;
    });
  const retry = (key: string) => {
    answers.forEach((answer, at) => {
      if (asked[at]?.key === key && answer.isError) void answer.refetch();
    });
  };
  return {
    connections,
    rows: rowsOf({ roots, isExpanded: (key) => open.has(key), branchOf }),
    expand,
    collapse,
    loadMore,
    retry,
  };
}
