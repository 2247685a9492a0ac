/** A tag is a dot path; a dot inside a segment is escaped. */
const segment = (text: string): string => text.replaceAll('.', '\\.');

/** The first segments of the tags that nobody applies by hand (governance 4). */
export const tagRoots = {
  connection: 'Stoa Connections',
  product: 'Stoa Data Product',
  object: 'Stoa Data Object',
} as const;

/** The tag of a path of segments. */
export const tagOf = (segments: readonly string[]): string => segments.map(segment).join('.');

export type PlacedObject = {
  readonly technology: string;
  readonly connectionKey: string;
  /** From the database down to the object itself. */
  readonly objectPath: readonly string[];
  /** Other objects stand below it: its own node is among the tags of those. */
  readonly isParent: boolean;
};

/**
 * The connection tags of a data source: one for its connection and one for every node of the tree above it, as a crawl
 * finds them (governance 4). Of a parent, those of everything below. Nobody applies or removes them by hand.
 */
export const connectionTags = ({ technology, connectionKey, objectPath, isParent }: PlacedObject): readonly string[] =>
  Array.from({ length: objectPath.length + (isParent ? 1 : 0) }, (_, depth) =>
    tagOf([tagRoots.connection, technology, connectionKey, ...objectPath.slice(0, depth)]),
  );

/** The tag that publishing puts on every source of a data product. */
export const productTag = (productId: string): string => tagOf([tagRoots.product, productId]);
/** The tag of an asset, which it shares with everything below it. */
export const objectTag = (objectId: string): string => tagOf([tagRoots.object, objectId]);
