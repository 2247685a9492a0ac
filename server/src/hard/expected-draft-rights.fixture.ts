/** Of what is still being written: each person's own. What is new and could be published nowhere is not kept. */
export const draftRights = <Rule, Row>({
  on,
  any,
  self,
  publisherSomewhere,
}: {
  on: (kind: 'none' | 'draft' | 'productDraft', who: Rule) => Row;
  any: Rule;
  self: Rule;
  publisherSomewhere: Rule;
}) => ({
  readRequestDraft: on('none', any),
  saveRequestDraft: on('none', any),
  deleteRequestDraft: on('draft', self),
  listProductDrafts: on('none', any),
  readProductDraft: on('none', any),
  saveProductDraft: on('none', publisherSomewhere),
  deleteProductDraft: on('productDraft', self),
});
