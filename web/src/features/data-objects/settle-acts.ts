import type { SourcePolicy } from '@stoa/contract/source-policy';

/** What an owner decides of a policy on one source, by the names of the abilities. */
export const onSourceActs = ['sign', 'switchOff', 'switchOn', 'select', 'unselect'] as const;
export type OnSourceAct = (typeof onSourceActs)[number];
export type Asked = { readonly one: SourcePolicy; readonly act: OnSourceAct };
