import type { AnswerOf } from '@stoa/contract/operation';
import type { getAssetRequestForms, getAssetReviewFlows, ObjectAsset } from '@stoa/contract/asset';
import type { RequestType } from '@stoa/contract/enums';
import { targetFlow } from '@stoa/contract/review-flow';
import { resolveFlow } from '@stoa/core/review/resolve-flow';
import { defaultAssetFlow } from '@stoa/core/review/standard';
import type { Reader } from '../../db/pool.ts';
import { ownFlow } from '../data-product/present-products.ts';
import { requireProduct } from '../data-product/product-of-call.ts';
import { presentTargetForm } from '../request-form/present-form.ts';
import { type AssetForms, type ResolvedForm, resolveAssetForms } from '../request-form/resolve-form-version.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadAssets } from './load-assets.ts';
import { presentPlainAsset } from './present-asset.ts';

type Givers = (from: string | null) => { inheritedFrom?: ObjectAsset };

/** What holds on an object, and the assets that give it; undefined for what is no object. */
async function readInForce(reader: Reader, id: string): Promise<{ forms: AssetForms; givers: Givers } | undefined> {
  const forms = (await resolveAssetForms(reader, [id])).get(id);
  if (!forms) return undefined;
  const ids = Object.values(forms).flatMap((form) => [form.formFrom, form.flowFrom]);
  const rows = await loadAssets(
    reader,
    ids.filter((from): from is string => from !== null && from !== id),
  );
  const givers: Givers = (from) => {
    const row = from === null ? undefined : rows.get(from);
    return row ? { inheritedFrom: presentPlainAsset(row) } : {};
  };
  return { forms, givers };
}

/** The forms to fill in for an asset; `inheritedFrom` names the object above it that gives one. */
export async function readAssetForms(
  reader: Reader,
  actor: LoadedPerson,
  id: string,
): Promise<AnswerOf<typeof getAssetRequestForms>> {
  const held = await readInForce(reader, id);
  if (!held) {
    const { forms } = await requireProduct(reader, id, { actor, action: 'data-product.read' });
    return {
      dataAccessForm: presentTargetForm(forms.DATA_ACCESS, 'DATA_ACCESS'),
      maskingExceptionForm: presentTargetForm(forms.MASKING_EXCEPTION, 'MASKING_EXCEPTION'),
    };
  }
  const shown = (type: RequestType) => ({
    ...presentTargetForm(held.forms[type], type),
    ...held.givers(held.forms[type].formFrom),
  });
  return { dataAccessForm: shown('DATA_ACCESS'), maskingExceptionForm: shown('MASKING_EXCEPTION') };
}

/** The asset's own flow, or the one it inherits, or the default; inactive where the form decides by its own. */
export async function readAssetFlows(
  reader: Reader,
  actor: LoadedPerson,
  id: string,
): Promise<AnswerOf<typeof getAssetReviewFlows>> {
  const held = await readInForce(reader, id);
  if (!held) {
    const { flows } = await requireProduct(reader, id, { actor, action: 'data-product.read' });
    const own = (type: RequestType) => ({
      ...ownFlow(flows[type]),
      isActive: resolveFlow(flows[type]).targetIsActive,
    });
    return { dataAccessReviewFlow: own('DATA_ACCESS'), maskingExceptionReviewFlow: own('MASKING_EXCEPTION') };
  }
  const shown = ({ flows, flowFrom }: ResolvedForm) => ({
    ...targetFlow.parse(flows.targetFlow ?? defaultAssetFlow),
    ...held.givers(flowFrom),
    isActive: resolveFlow(flows).targetIsActive,
  });
  return {
    dataAccessReviewFlow: shown(held.forms.DATA_ACCESS),
    maskingExceptionReviewFlow: shown(held.forms.MASKING_EXCEPTION),
  };
}
