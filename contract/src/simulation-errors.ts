import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of previews, and of changes that take access from more people than may pass in silence. */
export const simulationErrors = {
  'policy.confirm_loss': {
    status: 409,
    title: 'More people would lose access than may without saying so.',
    next: 'Look at the preview, and repeat the number in confirmLoss.',
  },
  'simulation.stale': {
    status: 409,
    title: 'The change would do something else by now than the preview showed.',
    next: 'Look at the preview again.',
  },
  'simulation.unknown_operation': {
    status: 422,
    title: 'Only operations by which people may lose access can be simulated as calls.',
    next: 'Name one whose description takes confirmLoss.',
  },
} as const satisfies Record<string, ErrorDefinition>;
