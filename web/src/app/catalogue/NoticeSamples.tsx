import { Banner, StaleBanner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { Sample } from './Sample.tsx';
import { broken, refused, unanswered } from './samples.ts';

export function NoticeSamples() {
  return (
    <Sample title="Notices">
      <ErrorNotice problem={refused} />
      <ErrorNotice problem={broken} onRetry={() => undefined} isLastShown />
      <ErrorNotice problem={unanswered} onRetry={() => undefined} isWrite />
      <StaleBanner count={2} onShow={() => undefined} />
      <Banner tone="warning">No connection to the server. What you write stays here.</Banner>
      <Banner tone="danger">The audit chain is broken at entry 4,211.</Banner>
      <SkeletonText />
    </Sample>
  );
}
