import type { AccessRequest } from '@stoa/contract/access-request';
import type { ReactNode } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import styles from './lists.module.css';

type Asked = Pick<AccessRequest, 'id' | 'dataProduct' | 'asset'>;

/** What a request is about, by its name. */
export const targetNameOf = ({ id, dataProduct, asset }: Asked): string => dataProduct?.name ?? asset?.name ?? id;

/** Where it lies: a name like `orders` is that of many tables. Undefined for a data product. */
export const pathOfAsked = ({ asset }: Asked): string | undefined => asset?.metadata.objectPath.join('.');

/** The path of an asset under its name; nothing under the name of a product. */
export function PathUnder({ request }: { request: Asked }) {
  const t = useText();
  const path = pathOfAsked(request);
  if (path === undefined) return null;
  return (
    <span className={styles.under}>
      <Identifier value={path} maxLength={40} />
      {request.asset?.registered === false && ` · ${t('requests.list.unregistered')}`}
    </span>
  );
}

/** An asset has a page once a crawl has found it. */
export const hasPage = ({ dataProduct, asset }: Asked): boolean =>
  dataProduct !== undefined || (asset !== undefined && asset.registered !== false);

type LinkProps = { readonly request: Asked; readonly children: ReactNode; readonly className?: string };

/** Leads to the page of the product or asset; plain text where there is none. */
export function TargetLink({ request, children, className }: LinkProps) {
  const { dataProduct, asset } = request;
  const look = className === undefined ? {} : { className };
  if (dataProduct !== undefined)
    return (
      <LinkTo {...look} to="/products/$slug" params={{ slug: dataProduct.slug ?? dataProduct.id }}>
        {children}
      </LinkTo>
    );
  if (asset === undefined || asset.registered === false) return <strong>{children}</strong>;
  return (
    <LinkTo {...look} to="/assets/$id" params={{ id: asset.id }}>
      {children}
    </LinkTo>
  );
}

type AskedAnew = Asked & Pick<AccessRequest, 'type' | 'user'>;

/** The address of a new request for the same: the same kind, for the same person, with the earlier answers and columns. */
export const askAgainAt = (request: AskedAnew) =>
  formAt(request, { from: request.id, for: request.user.globalUserId, ...typeOf(request) });

/** The address of a request with other answers in the place of this one, which stays until that is submitted. */
export const changeAt = (request: AskedAnew) => formAt(request, { replaces: request.id, ...typeOf(request) });

const typeOf = ({ type }: AskedAnew) => (type === 'MASKING_EXCEPTION' ? { type: 'masking-exception' } : {});

function formAt({ dataProduct, asset }: Asked, search: Readonly<Record<string, string>>) {
  if (dataProduct !== undefined)
    return { to: '/products/$slug/request', params: { slug: dataProduct.slug ?? dataProduct.id }, search } as const;
  if (asset === undefined) return undefined;
  if (asset.registered !== false) return { to: '/assets/$id/request', params: { id: asset.id }, search } as const;
  const { objectPath, technology, host, port, legacyType } = asset.metadata;
  // Quoted, so that no part of it is folded or taken apart.
  const fullyQualifiedName = objectPath.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
  const named = { fullyQualifiedName, technology, host, port: port?.toString(), assetType: legacyType };
  return { to: '/request', search: { ...named, ...search } } as const;
}

/** Where the data is used from: the page that says how. */
export function dataPageAt({ dataProduct, asset }: Asked) {
  if (dataProduct !== undefined)
    return {
      to: '/products/$slug',
      params: { slug: dataProduct.slug ?? dataProduct.id },
      search: { tab: 'use' },
    } as const;
  return asset === undefined
    ? undefined
    : ({ to: '/assets/$id', params: { id: asset.id }, search: { tab: 'use' } } as const);
}
