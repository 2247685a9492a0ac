import type { NamingPolicy } from '@stoa/contract/attribute';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';

/** Policies by their names; a link for whoever may read them. */
export function PolicyNames({
  policies,
  className,
}: {
  policies: readonly NamingPolicy[];
  className?: string | undefined;
}) {
  const t = useText();
  const may = useMay();
  return (
    <ul className={className}>
      {policies.map((one) => (
        <li key={one.id}>
          {may('policy.read') ? (
            <LinkTo to="/govern/policies/$id" params={{ id: one.id }}>
              {one.name}
            </LinkTo>
          ) : (
            one.name
          )}{' '}
          <span className="text-2 small">{t(`holding.policyKind.${one.kind}`)}</span>
        </li>
      ))}
    </ul>
  );
}
