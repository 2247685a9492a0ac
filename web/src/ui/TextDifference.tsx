import { lazy, Suspense } from 'react';
import { SkeletonText } from './Skeletons.tsx';

const Body = lazy(() => import('./TextDifferenceBody.tsx').then((module) => ({ default: module.TextDifferenceBody })));

/** What was taken out of a text and what was put in. It is fetched when there is a difference to show. */
export function TextDifference(props: { before: string; after: string }) {
  return (
    <Suspense fallback={<SkeletonText lines={4} />}>
      <Body {...props} />
    </Suspense>
  );
}
