import type { TargetKind } from './model.ts';

/** The name of a container: prefix, kind and a base-36 number, so it always fits into 63 bytes. */
export function containerName(namePrefix: string, kind: TargetKind, containerNumber: number): string {
  return `${namePrefix}${kind}_${containerNumber.toString(36)}`;
}
