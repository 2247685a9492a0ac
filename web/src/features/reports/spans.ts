import { useText } from '../../app/messages/use-text.tsx';

/** Spans that reports offer, in days. */
export const spans = [7, 30, 90, 365] as const;

export const spanOf = (text: string | undefined, usual: number): number =>
  spans.find((one) => String(one) === text) ?? usual;

export function useSpanOptions(days: readonly number[]): { value: string; label: string }[] {
  const t = useText();
  return days.map((one) => ({ value: String(one), label: t('reports.expiring.days', { days: one }) }));
}
