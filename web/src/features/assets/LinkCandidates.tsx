import { useText } from '../../app/messages/use-text.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { useKindText } from '../../ui/kind-text.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { requestTypeOf } from '../access-requests/request-type.ts';
import type { LinkCandidate } from './request-link.ts';

const settled = { isPending: false, error: null, refetch: () => undefined };

/** Several assets have the name of a link: the reader says which one is meant. */
export function LinkCandidates(props: {
  readonly candidates: readonly LinkCandidate[];
  readonly type: string | undefined;
}) {
  const t = useText();
  const kindText = useKindText();
  const { search } = requestTypeOf(props.type);
  return (
    <>
      <h2>{t('linkTarget.several')}</h2>
      <p className="text-2">{t('linkTarget.severalText')}</p>
      <DataTable
        label={t('linkTarget.candidates')}
        columns={[
          {
            key: 'asset',
            header: t('linkTarget.candidate'),
            width: '40%',
            cell: (one) => (
              <LinkTo look="row" to="/assets/$id/request" params={{ id: one.id }} search={search}>
                {one.path}
              </LinkTo>
            ),
          },
          { key: 'kind', header: t('linkTarget.kind'), cell: (one) => kindText(one.kind) },
          {
            key: 'where',
            header: t('linkTarget.where'),
            cell: (one) => [one.connectionKey, one.technology, one.host].filter((part) => part !== '').join(' · '),
          },
          {
            key: 'act',
            header: t('linkTarget.choose'),
            isHeaderHidden: true,
            width: '136px',
            cell: (one) => (
              <LinkTo
                look="button"
                to="/assets/$id/request"
                params={{ id: one.id }}
                search={search}
                aria-label={t('linkTarget.chooseOf', { name: one.path, connection: one.connectionKey })}
              >
                {t('linkTarget.choose')}
              </LinkTo>
            ),
          },
        ]}
        rows={props.candidates}
        rowKey={(one) => one.id}
        state={settled}
        empty={null}
      />
    </>
  );
}
