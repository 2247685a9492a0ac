import { getAccessRequestById } from '@stoa/contract/access-request';
import { useOperation } from '../../lib/api.ts';
import { AccessRail } from '../../ui/AccessRail.tsx';
import { useAccessRail } from '../access-requests/use-access-rail.ts';
import styles from './assets.module.css';

/** The rail of the caller's own request, where there is one. */
export function OwnRail({ requestId }: { requestId: string }) {
  const request = useOperation(getAccessRequestById, { params: { id: requestId } });
  const { steps } = useAccessRail(request.data);
  if (steps.length === 0) return null;
  return (
    <div className={styles.rail}>
      <AccessRail steps={steps} orientation="horizontal" />
    </div>
  );
}
