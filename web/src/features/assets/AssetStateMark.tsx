import type { ObjectAsset } from '@stoa/contract/asset';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';

function useDetail(asset: ObjectAsset) {
  const t = useText();
  const through = asset.accessThrough?.[0];
  const end = asset.expiration ?? undefined;
  switch (asset.accessState) {
    case 'HAVE':
      if (asset.status !== 'APPROVED' && through !== undefined)
        return t(`assets.through.${through.type}`, { name: through.name });
      return end === undefined ? undefined : (
        <Say id="assets.until" values={{ date: <TimeStamp value={end} style="date" /> }} />
      );
    case 'EXPIRED':
      return end === undefined ? undefined : <TimeStamp value={end} style="date" />;
    case 'ASK':
      return undefined;
    default:
      return asset.accessReason;
  }
}

/** The caller's access to an asset, in the words of rows and headers. */
export function AssetStateMark({ asset }: { asset: ObjectAsset }) {
  const detail = useDetail(asset);
  const state = asset.accessState ?? 'ASK';
  // "Needs 2 approvals" says all that "Needs approval" says; a sentence of the server ends with a stop, a label does not.
  const label = state === 'ASK' ? asset.accessReason?.replace(/\.$/, '') : undefined;
  return <StatusMark kind="state" value={state} label={label} detail={detail} />;
}
