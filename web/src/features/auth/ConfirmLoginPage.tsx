import { lazy, Suspense } from 'react';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { AuthFrame } from './AuthFrame.tsx';

const ConfirmLogin = lazy(() => import('./ConfirmLogin.tsx').then((part) => ({ default: part.ConfirmLogin })));

/** The tab in which a login is confirmed at its provider. */
export function ConfirmLoginPage() {
  return (
    <AuthFrame>
      <Suspense fallback={<SkeletonText lines={2} />}>
        <ConfirmLogin />
      </Suspense>
    </AuthFrame>
  );
}
