import type { ObjectProvisioning } from '@stoa/contract/provisioning';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { type Column, DataTable, type TableState } from '../../ui/DataTable.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { EndOfAccess } from './EndOfAccess.tsx';
import { useReasonText } from './reason-text.ts';

function Proof({ object }: { object: ObjectProvisioning }) {
  const { proof } = object;
  if (proof === undefined) {
    return object.nextAttemptAt === undefined ? (
      <span className="text-2">{object.remedy ?? ''}</span>
    ) : (
      <span className="text-2">
        {object.remedy}{' '}
        <Say id="requests.object.next" values={{ when: <TimeStamp value={object.nextAttemptAt} style="relative" /> }} />
      </span>
    );
  }
  return (
    <span>
      <Say
        id="requests.object.proof"
        values={{
          principal: <Identifier value={proof.principal} isCopyable={false} />,
          when: <TimeStamp value={proof.observedAt} style="relative" isFocusable />,
        }}
      />
    </span>
  );
}

/** Where the access stands on the platforms, object by object, each with what the platform said when it was asked. */
export function ProvisioningTable({
  objects,
  state,
}: {
  objects: readonly ObjectProvisioning[] | undefined;
  state: TableState;
}) {
  const t = useText();
  const reasonText = useReasonText();
  const isOneConnection = new Set((objects ?? []).map((object) => object.connectionKey)).size < 2;
  const columns: Column<ObjectProvisioning>[] = [
    {
      key: 'object',
      header: t('requests.object.object'),
      width: '42%',
      cell: (object) => (
        <Identifier
          value={object.objectPath.join('.')}
          {...(object.connectionKey === undefined || isOneConnection ? {} : { prefix: object.connectionKey })}
        />
      ),
    },
    {
      key: 'state',
      header: t('requests.object.state'),
      cell: (object) => (
        <StatusMark
          kind="provisioning"
          value={object.state}
          detail={object.reason === undefined ? undefined : reasonText(object.reason)}
        />
      ),
    },
    { key: 'proof', header: t('requests.object.proofHeader'), cell: (object) => <Proof object={object} /> },
  ];
  const probes = [
    ...new Set((objects ?? []).flatMap((object) => (object.proof === undefined ? [] : [object.proof.probe]))),
  ];
  return (
    <>
      <DataTable
        label={t('requests.object.table')}
        columns={columns}
        rows={objects}
        rowKey={(object) => `${object.connectionKey ?? ''}-${object.dataSourceId}`}
        state={state}
        skeletonRows={3}
        hasRowKeys={false}
        empty={<p className="text-2">{t('requests.object.none')}</p>}
      />
      {objects?.some((object) => object.state === 'REMOVED') === true && <EndOfAccess />}
      {probes.length > 0 && <StatementBlock title={t('requests.object.probe')} statements={probes} isOpenAtFirst />}
    </>
  );
}
