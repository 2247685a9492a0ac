import { NativeSelect, Switch } from '@mantine/core';
import {
  getTenantProviderConfigs,
  type TenantProviderConfigs,
  updateTenantProviderConfigs,
} from '@stoa/contract/notification-channel';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { timeZonesWith } from '../inbox/time-zones.ts';
import styles from '../inbox/inbox.module.css';

/** Which channels are on for everybody. */
export function ChannelSwitches({ tenant }: { tenant: TenantProviderConfigs }) {
  const t = useText();
  const announce = useAnnounce();
  const save = useCommand(updateTenantProviderConfigs, {
    invalidates: [getTenantProviderConfigs],
    onSuccess: () => announce(t('messages.saved')),
  });
  return (
    <div className={styles.stack}>
      {save.error !== null && <ErrorNotice problem={save.error} isWrite />}
      {tenant.configs.map(({ provider, enabled, connected }) => (
        <Switch
          key={provider}
          label={t(`inbox.provider.${provider}`)}
          description={t(connected ? 'messages.connected' : 'messages.notConnected')}
          checked={enabled}
          disabled={save.isPending}
          onChange={(event) => save.mutate({ body: { configs: [{ provider, enabled: event.currentTarget.checked }] } })}
        />
      ))}
      <NativeSelect
        label={t('messages.zone')}
        description={t('messages.zoneHint')}
        value={tenant.timeZone}
        disabled={save.isPending}
        data={[...timeZonesWith(tenant.timeZone)]}
        onChange={(event) => save.mutate({ body: { configs: [], timeZone: event.currentTarget.value } })}
      />
    </div>
  );
}
