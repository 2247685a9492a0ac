import type { ProductDraft, ProductWriting } from '@stoa/contract/product-draft';

const unasked = { formId: null, flow: null };
const nothingYet: ProductWriting = {
  name: '',
  description: '',
  domains: [],
  dataSources: [],
  subjectMatterExpert: null,
  asking: { DATA_ACCESS: unasked, MASKING_EXCEPTION: unasked },
  masksAlike: true,
  owners: [],
};

/** A new product as far as it is written. */
export const writtenProduct = (writing: Partial<ProductWriting> = {}): ProductDraft => ({
  writing: { ...nothingYet, ...writing },
});
