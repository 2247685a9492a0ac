import type { ReviewerSource } from './flow.ts';

/** Tells sources apart: two with one key name the same people, whatever a display name says. */
export const sourceKey = (s: ReviewerSource): string => {
  switch (s.type) {
    case 'USER':
      return JSON.stringify([s.type, s.id]);
    case 'GROUP':
      return JSON.stringify([s.type, s.id ?? s.name]);
    case 'PERMISSION':
      return JSON.stringify([s.type, s.permission]);
    case 'DOMAIN PERMISSION':
      return JSON.stringify([s.type, s.permission, s.domainId ?? null]);
    case 'ATTRIBUTE':
      return JSON.stringify([s.type, s.key, s.value]);
    case 'CATALOG PERMISSION':
      return s.type;
  }
};

/** Tells slots apart by the sources that may fill them, in any order. */
export const slotKey = (sources: readonly ReviewerSource[]): string => sources.map(sourceKey).sort().join('\n');
