import { signOut } from '@stoa/contract/auth';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCommand } from '../lib/api.ts';
import { forgetKept } from '../lib/kept-text.ts';
import { leavePage } from '../lib/person-of-page.ts';

/** Ends the session; what was read and written here goes with whoever it was. */
export function useSignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const left = () => {
    leavePage();
    client.clear();
    forgetKept();
    void navigate({ to: '/login', ignoreBlocker: true });
  };
  const leave = useCommand(signOut, {
    onSuccess: left,
    // The session had ended by itself.
    onError: (problem) => problem.status === 401 && left(),
  });
  return {
    signOut: () => leave.mutate({}),
    isBusy: leave.isPending,
    problem: leave.error !== null && leave.error.status !== 401 ? leave.error : null,
  };
}
