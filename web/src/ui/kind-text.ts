import { en } from '../app/messages/en.ts';
import { type MessageId, useText } from '../app/messages/use-text.tsx';

const isMessage = (id: string): id is MessageId => Object.hasOwn(en, id);

/** The kind of an object in words; a kind that only a later platform has keeps its own name. */
export function useKindText(): (kind: string) => string {
  const t = useText();
  return (kind) => {
    const id = `ui.kind.${kind}`;
    return isMessage(id) ? t(id) : kind;
  };
}
