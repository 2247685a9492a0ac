import type { SimulatedChangeIn } from '@stoa/contract/simulation';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { ApiProblem } from '../../lib/api-problem.ts';

// No screen begins with a change: what shows it comes when it is first asked for.
const Parts = lazy(() => import('./ChangeDialogParts.tsx').then((part) => ({ default: part.ChangeDialogParts })));

/** What goes with the change: the preview it was judged by, and how many lose access. */
export type Confirmed = { readonly basedOn?: string; readonly confirmLoss?: number };

export type ChangeDialogProps = {
  readonly isOpen: boolean;
  readonly title: string;
  readonly confirmLabel: string;
  readonly tone?: 'primary' | 'danger';
  /** Undefined while something is still to be chosen. */
  readonly change: SimulatedChangeIn | undefined;
  readonly children?: ReactNode;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  /** Has to be typed where no number of people has to. */
  readonly mustType?: string;
  /** The preview says that the change would be refused. */
  readonly onRefused?: (problem: ApiProblem) => void;
  readonly onConfirm: (confirmed: Confirmed) => void;
  readonly onClose: () => void;
};

/** Shows what a change would do before it is made, and has the number typed where many lose access. */
export function ChangeDialog(props: ChangeDialogProps) {
  const [wasOpened, setWasOpened] = useState(props.isOpen);
  if (props.isOpen && !wasOpened) setWasOpened(true);
  return <Suspense fallback={null}>{wasOpened && <Parts {...props} />}</Suspense>;
}
