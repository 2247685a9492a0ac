import type { FormField } from '@stoa/contract/request-form';
import { lazy, Suspense } from 'react';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import type { FlowDraft, FlowMode, FlowProblem } from './flow-draft.ts';
import type { SimulationScope } from './use-simulation.ts';

export type FlowEditorProps = {
  readonly value: FlowDraft;
  readonly onChange: (value: FlowDraft) => void;
  /** The questions of the form that the flow goes with; conditions may ask about their answers. */
  readonly fields: readonly FormField[];
  /** A form's flow may leave it to the target; a target's own may not, and may not deny by default. */
  readonly mode: FlowMode;
  readonly readOnly?: boolean;
  /** What the server found wrong with it, with paths that start at the flow (`problemsUnder`). */
  readonly problems?: readonly FlowProblem[];
  /** Shows a simulator beside it: who would be asked, for a person and answers that the reader picks. */
  readonly simulate?: SimulationScope;
};

const Parts = lazy(() => import('./FlowEditorParts.tsx').then((parts) => ({ default: parts.FlowEditorParts })));

/** Who decides, as sentences that can be changed. Its code comes when it is first shown. */
export function FlowEditor(props: FlowEditorProps) {
  return (
    <Suspense fallback={<SkeletonText lines={4} />}>
      <Parts {...props} />
    </Suspense>
  );
}
