import type { TargetKind } from './model.ts';

export type ContainerNumber = { readonly kind: TargetKind; readonly containerNumber: number };

/** The name of a container: prefix, kind and a base-36 number, so it always fits into 63 bytes; further parts are numbered. */
export function containerName(namePrefix: string, { kind, containerNumber }: ContainerNumber, part = 1): string {
  const name = `${namePrefix}${kind}_${containerNumber.toString(36)}`;
  return part === 1 ? name : `${name}_${part}`;
}
