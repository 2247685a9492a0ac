import { Radio } from '@mantine/core';
import { getAssetById, type ObjectAsset } from '@stoa/contract/asset';
import { type FutureObjects as Future, setAssetFutureObjects } from '@stoa/contract/future-objects';
import { useState } from 'react';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './assets.module.css';

type Schema = Future['schemas'][number];

/** Longer lists of schemas are shown in steps. */
const step = 20;

const reasons: Readonly<Record<string, MessageId>> = {
  'future.setting': 'assetFuture.reason.setting',
  'future.new_objects_disabled': 'assetFuture.reason.newObjectsDisabled',
  'future.policy': 'assetFuture.reason.policy',
  'future.schema_unseen': 'assetFuture.reason.unseen',
  'future.schema_not_grantable': 'assetFuture.reason.notGrantable',
  'future.no_creating_role': 'assetFuture.reason.noRole',
  'future.creating_role_out_of_reach': 'assetFuture.reason.outOfReach',
  'future.not_set': 'assetFuture.reason.notSet',
};

const namesOf = (schema: Schema, mode: Schema['mode']): string =>
  (schema.creatingRoles ?? [])
    .filter((role) => role.mode === mode)
    .map((role) => role.name)
    .join(', ');

/** How objects that are made in one schema later become readable, and the SQL that makes it sooner. */
function SchemaFuture({ schema, isOnly }: { schema: Schema; isOnly: boolean }) {
  const t = useText();
  const [atOnce, later] = [namesOf(schema, 'native'), namesOf(schema, 'sync')];
  const reason = schema.reason === undefined ? undefined : reasons[schema.reason];
  return (
    <li className={styles.future}>
      <p className={styles.futureHead}>
        <strong>
          <Identifier value={schema.objectPath.join('.')} maxLength={60} />
        </strong>
        <StatusMark
          kind="check"
          value={schema.mode === 'native' ? 'pass' : 'warn'}
          label={t(`assetFuture.short.${schema.mode}`)}
        />
      </p>
      {atOnce !== '' && <p>{t('assetFuture.by', { roles: atOnce })}</p>}
      {later !== '' && <p>{t('assetFuture.waits', { roles: later })}</p>}
      {reason !== undefined && <p>{t(reason)}</p>}
      {schema.repair !== undefined && (
        <StatementBlock statements={[schema.repair]} title={t('assetFuture.repair')} isOpenAtFirst={isOnly} />
      )}
      <p className="small text-2">
        <TimeStamp value={schema.verifiedAt} withRelative /> {t('assetFuture.verified')}
      </p>
    </li>
  );
}

function Schemas({ schemas }: { schemas: readonly Schema[] }) {
  const t = useText();
  const [count, setCount] = useState(step);
  return (
    <>
      <ul className={styles.futures} aria-label={t('assetFuture.schemas')}>
        {schemas.slice(0, count).map((schema) => (
          <SchemaFuture key={schema.objectPath.join('/')} schema={schema} isOnly={schemas.length === 1} />
        ))}
      </ul>
      {schemas.length > count && (
        <ActionButton
          size="xs"
          label={t('assetFuture.more', { count: schemas.length - count })}
          onClick={() => setCount(count + step)}
        />
      )}
    </>
  );
}

function Setting({ asset, future }: { asset: ObjectAsset; future: Future }) {
  const t = useText();
  const announce = useAnnounce();
  const command = useCommand(setAssetFutureObjects, {
    invalidates: [getAssetById],
    onSuccess: () => announce(t('assetFuture.saved')),
  });
  const set = (value: string) =>
    command.mutate({ params: { id: asset.id }, body: { setting: value === 'sync' ? 'sync' : 'native' } });
  return (
    <>
      {command.error !== null && <ErrorNotice problem={command.error} isWrite />}
      <Radio.Group label={t('assetFuture.setting')} value={future.setting} onChange={set}>
        <div className={styles.futureChoices}>
          {(['native', 'sync'] as const).map((value) => (
            <Radio
              key={value}
              value={value}
              disabled={command.isPending}
              label={t(`assetFuture.setting.${value}`)}
              description={t(`assetFuture.setting.${value}.hint`)}
            />
          ))}
        </div>
      </Radio.Group>
      {command.isSuccess && <p role="status">{t('assetFuture.saved')}</p>}
    </>
  );
}

/** Of a schema or a database: how what is made below it later becomes readable for those who have the asset. */
export function FutureObjects({ asset, future }: { asset: ObjectAsset; future: Future }) {
  const t = useText();
  return (
    <Section title={t('assetFuture.title')} lead={t(`assetFuture.mode.${future.mode}`)}>
      <div className={styles.asked}>
        {future.schemas.length > 0 && <Schemas schemas={future.schemas} />}
        {asset.abilities?.edit?.allowed === true && <Setting asset={asset} future={future} />}
      </div>
    </Section>
  );
}
