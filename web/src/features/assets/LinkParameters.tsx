import { useText } from '../../app/messages/use-text.tsx';
import { DataTable } from '../../ui/DataTable.tsx';

const parameters = ['fullyQualifiedName', 'technology', 'host', 'port', 'assetType', 'requestType'] as const;
const needed = { fullyQualifiedName: 'yes', technology: 'host' } as const;
const neededOf = (name: (typeof parameters)[number]): 'yes' | 'no' | 'host' =>
  name === 'fullyQualifiedName' || name === 'technology' ? needed[name] : 'no';

const settled = { isPending: false, error: null, refetch: () => undefined };

/** What a link may carry, in a table. */
export function LinkParameters() {
  const t = useText();
  return (
    <>
      <DataTable
        label={t('links.parameters')}
        hasRowKeys={false}
        columns={[
          { key: 'name', header: t('links.parameter'), width: '22%', cell: (name) => <code>{name}</code> },
          {
            key: 'needed',
            header: t('links.needed'),
            width: '12%',
            cell: (name) => t(`links.needed.${neededOf(name)}`),
          },
          { key: 'meaning', header: t('links.meaning'), cell: (name) => t(`links.parameter.${name}`) },
        ]}
        rows={parameters}
        rowKey={(name) => name}
        state={settled}
        empty={null}
      />
      <p className="small text-2">{t('links.parameter.other')}</p>
    </>
  );
}
