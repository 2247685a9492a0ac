import {
  getAssetById,
  getAssetRequestForms,
  getAssetReviewFlows,
  type ObjectAsset,
  type PatchAssetBody,
  patchAsset,
} from '@stoa/contract/asset';
import { searchAssets } from '@stoa/contract/asset-list';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import {
  type AssetDraft,
  changedFields,
  draftOf,
  draftOver,
  isFlowGood,
  isLinkGood,
  isSame,
  patchOf,
} from './asset-draft.ts';

const shownBy = [getAssetById, getAssetRequestForms, getAssetReviewFlows, searchAssets] as const;

/** The draft of what governors say about an asset, and the way to save what they changed of it. */
export function useAssetEditor(asset: ObjectAsset) {
  const t = useText();
  const announce = useAnnounce();
  const before = draftOf(asset);
  const [base, setBase] = useState(before);
  const [draft, setDraft] = useState(before);
  const [hasMoved, setHasMoved] = useState(false);
  const [isTried, setIsTried] = useState(false);
  // What was taken last: the asset shows it a moment later.
  const [taken, setTaken] = useState<PatchAssetBody>();
  if (changedFields(base, before).length > 0) {
    // Somebody changed it, perhaps this very save. What was not touched follows; own words are kept.
    const next = draftOver({ base, theirs: before, mine: draft });
    setBase(before);
    setDraft(next);
    setTaken(undefined);
    setHasMoved(changedFields(next, before).length > 0);
  }
  const save = useCommand(patchAsset, {
    invalidates: shownBy,
    onSuccess: (_, { body }) => {
      setHasMoved(false);
      setTaken(body);
      announce(t('assetSettings.saved'));
    },
  });
  const fields = changedFields(before, draft);
  const isGood =
    isLinkGood(draft.externalLink) && isFlowGood(draft.dataAccess.flow) && isFlowGood(draft.maskingException.flow);
  return {
    draft,
    change: (part: Partial<AssetDraft>) => setDraft((now) => ({ ...now, ...part })),
    fields,
    isUnsaved: fields.length > 0 && !isSame(patchOf(draft, fields), taken),
    isTried,
    hasMoved,
    isBusy: save.isPending,
    isSaved: save.isSuccess,
    problem: save.error,
    submit: () => {
      setIsTried(true);
      if (fields.length > 0 && isGood && !save.isPending)
        save.mutate({ params: { id: asset.id }, body: patchOf(draft, fields) });
    },
  };
}
export type AssetEditor = ReturnType<typeof useAssetEditor>;
