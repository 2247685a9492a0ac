import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useReorder } from '../../ui/reorder.tsx';
import { EventEditor } from './EventEditor.tsx';
import { openConditions } from './facts.ts';
import { emptyRule, moved, replaced, without } from './flow-draft.ts';
import type { FlowEditorProps } from './FlowEditor.tsx';
import { ProblemsProvider } from './problems.tsx';
import { RuleCard } from './RuleCard.tsx';
import { useEventText } from './use-flow-words.ts';
import styles from './flows.module.css';

/** What happens when no rule holds. */
function Default({ value, onChange, mode, readOnly = false }: FlowEditorProps) {
  const t = useText();
  const words = useEventText();
  const event = words(value.defaultEvent);
  const hasRules = value.rules.length > 0;
  return (
    <section className={styles.card} aria-label={t(hasRules ? 'flows.otherwise' : 'flows.always')}>
      <p className={styles.sentence}>{t(hasRules ? 'flows.say.otherwise' : 'flows.say.always', { event })}</p>
      {!readOnly && (
        <div className={styles.slotsBox}>
          <EventEditor
            event={value.defaultEvent}
            mode={mode}
            place="default"
            path="defaultEvent"
            onChange={(defaultEvent) => onChange({ ...value, defaultEvent })}
          />
        </div>
      )}
    </section>
  );
}

function Rules(props: FlowEditorProps) {
  const { value, onChange, fields, mode, readOnly = false } = props;
  const t = useText();
  const { rules } = value;
  const set = (next: typeof rules) => onChange({ ...value, rules: next });
  const name = (at: number) => t('flows.rule', { n: at + 1 });
  const order = useReorder(rules.length, (from, to) => set(moved(rules, from, to)), name);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const toggle = (key: number, isOpen: boolean) =>
    setOpen(new Set(isOpen ? [...open, key] : [...open].filter((one) => one !== key)));
  return (
    <ol className={styles.rules}>
      {rules.map((rule, at) => {
        const key = order.keys[at] ?? at;
        return (
          <li key={key} className={styles.rule} {...(readOnly ? {} : order.row(at))}>
            <RuleCard
              rule={rule}
              number={at + 1}
              fields={fields}
              mode={mode}
              readOnly={readOnly}
              isOpen={open.has(key) || isEmpty(rule)}
              onToggle={(isOpen) => toggle(key, isOpen)}
              handles={order.handles(at)}
              onChange={(next) => {
                // What is being written stays open, also once it is whole.
                if (!open.has(key)) toggle(key, true);
                set(replaced(rules, at, next));
              }}
              onRemove={() => {
                order.forget(at);
                set(without(rules, at));
              }}
            />
          </li>
        );
      })}
    </ol>
  );
}

const isEmpty = ({ conditions }: ReturnType<typeof emptyRule>): boolean =>
  ('all' in conditions && conditions.all.length === 0) || ('any' in conditions && conditions.any.length === 0);

/** Rules in order, each a sentence, and what happens otherwise. */
export function FlowEditorParts(props: FlowEditorProps) {
  const { value, onChange, fields, readOnly = false, problems = [] } = props;
  const t = useText();
  const open = readOnly ? [] : openConditions(value, fields, t);
  return (
    <ProblemsProvider problems={[...open, ...problems]}>
      <div className={styles.editor}>
        {value.rules.length > 0 && <Rules {...props} />}
        {!readOnly && (
          <div className={styles.add}>
            <ActionButton
              size="xs"
              label={t('flows.addRule')}
              onClick={() => onChange({ ...value, rules: [...value.rules, emptyRule()] })}
            />
            {value.rules.length > 1 && <span className="text-2 small">{t('flows.order')}</span>}
          </div>
        )}
        <Default {...props} />
      </div>
    </ProblemsProvider>
  );
}
