import type { Entitlement } from './entitlements.ts';

/** Which views, tables and readers have to be looked at. */
export type MaskScope = {
  /** Sources whose tables and views are looked at; `all` also finds views of ours that no source is behind any more. */
  readonly sources: 'all' | readonly number[];
  readonly bases: readonly BaseRef[];
  /** Principal ids; `none` reads no entitlements. */
  readonly readers: 'all' | 'none' | readonly string[];
};

export type BaseRef = { readonly dataSourceId: number; readonly platformId: string };

/** The part of a platform that masks stand on. `missing` says what is not there, for people; nothing is missing when it is ready. */
export type MaskLayer = {
  readonly isReady: boolean;
  readonly missing: readonly string[];
  /** Our account has the rights of whoever owns the views without asking, so that the platform records the owner as grantor. */
  readonly actsAsOwner: boolean;
};

export type ObservedBase = {
  readonly dataSourceId: number;
  readonly platformId: string;
  readonly objectPath: readonly string[];
  readonly objectType: string;
  readonly columns: readonly ObservedColumn[];
  /** Where the view of this source belongs, by the settings of the connection. */
  readonly viewPath: readonly string[];
  /** How views are written here, by the settings of the connection. */
  readonly style: string;
  /** What stands there that is not a view of ours for this source; null when the place is free or ours. */
  readonly viewPlaceTakenBy: string | null;
};

export type ObservedColumn = {
  readonly ordinal: number;
  readonly name: string;
  readonly nativeType: string;
  /** The type that an expression is cast to: of a domain, the type below it, since a mask might not fulfil its checks. */
  readonly castType: string;
  /** Written down only where it is not that of the type. */
  readonly collation: string | null;
};

/** A view that bears our mark for a source. */
export type ObservedView = {
  readonly dataSourceId: number;
  readonly platformId: string;
  readonly schemaId: string;
  readonly objectPath: readonly string[];
  readonly ownerId: string;
  readonly bodyHash: string;
  readonly columns: readonly Pick<ObservedColumn, 'name' | 'nativeType'>[];
};

export type ObservedMasks = {
  readonly layer: MaskLayer;
  readonly bases: readonly ObservedBase[];
  readonly views: readonly ObservedView[];
  readonly entitlements: readonly Entitlement[];
  /** Names of principals by id; an entitlement is written for a name and its id together. */
  readonly principals: ReadonlyMap<string, string>;
};
