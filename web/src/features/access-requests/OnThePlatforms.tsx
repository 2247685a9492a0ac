import { useText } from '../../app/messages/use-text.tsx';
import { EvidenceBlock } from './EvidenceBlock.tsx';
import { ProvisioningTable } from './ProvisioningTable.tsx';
import type { RailState } from './use-access-rail.ts';

/** What of the decision stands on the platforms, object by object. */
export function OnThePlatforms({ rail }: { rail: RailState }) {
  const t = useText();
  return (
    <EvidenceBlock title={t('requests.platforms.title')}>
      <ProvisioningTable objects={rail.provisioning.data?.objects ?? []} state={rail.provisioning} />
    </EvidenceBlock>
  );
}
