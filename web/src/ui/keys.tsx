import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';

export type KeyBinding = {
  /** One key (`j`, `?`, `/`, `Enter`) or two after each other (`g m`). Letters are as typed: `Shift+x` is `X`. */
  readonly keys: string;
  readonly label: string;
  readonly scope: 'everywhere' | 'page';
  readonly run: () => void;
};

type Registry = {
  readonly add: (id: object, bindings: readonly KeyBinding[]) => void;
  readonly remove: (id: object) => void;
};

const RegistryContext = createContext<Registry>({ add: () => undefined, remove: () => undefined });
const BindingsContext = createContext<readonly KeyBinding[]>([]);

/** Where letters are text; a box that is checked takes none. */
const typing =
  'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"], [role="textbox"], [role="combobox"]';

/** What opens over the page; a panel that is made with the page but closed takes no keys from it. */
const open =
  'dialog[open], [role="dialog"]:not([popover]), [role="alertdialog"], [role="menu"], :popover-open[role="dialog"]';

/** Whether something has opened over the page, which keys are meant for then. */
export const isOverlaid = (): boolean => document.querySelector(open) !== null;

/** Letters belong to the text while someone types, and to the dialog while one is open. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target;
  if (target instanceof Element && target.closest(typing) !== null) return true;
  return isOverlaid();
}

/** The page's own key goes before that of everywhere, whichever of the two came later. */
export function bindingFor(bindings: readonly KeyBinding[], typed: string): KeyBinding | undefined {
  const fitting = bindings.filter((one) => one.keys === typed);
  return fitting.findLast((one) => one.scope === 'page') ?? fitting.at(-1);
}

function useListener(bindings: readonly KeyBinding[], isEnabled: boolean) {
  const prefix = useRef<{ key: string; at: number } | undefined>(undefined);
  useEffect(() => {
    if (!isEnabled) return;
    const listen = (event: KeyboardEvent) => {
      if (isTaken(event) || event.key === 'Shift') return;
      const first = prefix.current;
      prefix.current = undefined;
      const typed = first !== undefined && event.timeStamp - first.at < 1500 ? `${first.key} ${event.key}` : event.key;
      const binding = bindingFor(bindings, typed);
      if (binding !== undefined) {
        event.preventDefault();
        binding.run();
      } else if (bindings.some((one) => one.keys.startsWith(`${event.key} `))) {
        prefix.current = { key: event.key, at: event.timeStamp };
      }
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [bindings, isEnabled]);
}

/** The keyboard layer: everything mounted says its keys here, the help lists them, one listener runs them. */
export function KeyProvider({ isEnabled, children }: { isEnabled: boolean; children: ReactNode }) {
  const [entries, setEntries] = useState<ReadonlyMap<object, readonly KeyBinding[]>>(() => new Map());
  const registry = useMemo<Registry>(
    () => ({
      add: (id, bindings) => setEntries((before) => new Map(before).set(id, bindings)),
      remove: (id) =>
        setEntries((before) => {
          const rest = new Map(before);
          rest.delete(id);
          return rest;
        }),
    }),
    [],
  );
  const bindings = useMemo(() => [...entries.values()].flat(), [entries]);
  useListener(bindings, isEnabled);
  return (
    <RegistryContext value={registry}>
      <BindingsContext value={bindings}>{children}</BindingsContext>
    </RegistryContext>
  );
}

/** Escape leaves a text field of the page, which keeps its text, so that the keys of the page are heard again. */
export function useLeaveFieldKey() {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing || isOverlaid()) return;
      if (event.target instanceof HTMLElement && event.target.matches(typing)) event.target.blur();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

/** Registers keys while the component is mounted. `run` may change on each render without registering again. */
export function useKeys(bindings: readonly KeyBinding[]) {
  const registry = useContext(RegistryContext);
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  const signature = bindings.map(({ keys, label, scope }) => `${keys}\u0000${label}\u0000${scope}`).join('\u0001');
  useEffect(() => {
    if (signature === '') return;
    const id = {};
    const registered = signature.split('\u0001').map((line, at): KeyBinding => {
      const [keys = '', label = '', scope] = line.split('\u0000');
      return { keys, label, scope: scope === 'page' ? 'page' : 'everywhere', run: () => latest.current[at]?.run() };
    });
    registry.add(id, registered);
    return () => registry.remove(id);
  }, [registry, signature]);
}

export const useKeyBindings = (): readonly KeyBinding[] => useContext(BindingsContext);
