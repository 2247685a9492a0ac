import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useReorder } from '../../ui/reorder.tsx';
import { EventEditor } from './EventEditor.tsx';
import { openParts, questionsAskedBy } from './facts.ts';
import { emptyRule, moved, replaced, without } from './flow-draft.ts';
import type { FlowEditorProps } from './FlowEditor.tsx';
import { ProblemsProvider } from './problems.tsx';
import { FlowSimulator } from './FlowSimulator.tsx';
import { RuleCard } from './RuleCard.tsx';
import { useEventText } from './use-flow-words.ts';
import { useSimulation } from './use-simulation.ts';
import styles from './flows.module.css';

/** `firing`: what decides in the simulation, a rule by its place. */
type EditorProps = FlowEditorProps & { readonly firing?: number | 'default' | undefined };

/** What happens when no rule holds. */
function Default({ value, onChange, mode, readOnly = false, firing }: EditorProps) {
  const t = useText();
  const words = useEventText();
  const event = words(value.defaultEvent);
  const hasRules = value.rules.length > 0;
  return (
    <div
      role="group"
      className={styles.card}
      data-firing={firing === 'default' || undefined}
      aria-label={t(hasRules ? 'flows.otherwise' : 'flows.always')}
    >
      <p className={styles.sentence}>{t(hasRules ? 'flows.say.otherwise' : 'flows.say.always', { event })}</p>
      {firing === 'default' && hasRules && <p className={styles.firing}>{t('flows.firing')}</p>}
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
    </div>
  );
}

function Rules(props: EditorProps) {
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
              isFiring={props.firing === at}
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

function Sentences(props: EditorProps) {
  const { value, onChange, readOnly = false } = props;
  const t = useText();
  return (
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
  );
}

/** Rules in order, each a sentence, and what happens otherwise; beside them what they would come to. */
export function FlowEditorParts(props: FlowEditorProps) {
  const { value, fields, mode, readOnly = false, problems = [], simulate: scope } = props;
  const t = useText();
  const open = readOnly ? [] : openParts(value, fields, t);
  const state = useSimulation(scope && { flow: value, mode, fields, scope, isWhole: open.length === 0 });
  const origin = state.answer.data?.origin;
  const isHere = scope !== undefined && !state.isInvalid && origin?.flow === mode;
  return (
    <ProblemsProvider problems={readOnly ? [] : [...open, ...problems, ...state.problems]}>
      {scope === undefined ? (
        <Sentences {...props} />
      ) : (
        <div className={styles.bench}>
          <div className={styles.benchParts}>
            <Sentences {...props} firing={isHere ? (origin?.rule ?? 'default') : undefined} />
            <FlowSimulator state={state} fields={fields} scope={scope} asked={questionsAskedBy(value)} />
          </div>
        </div>
      )}
    </ProblemsProvider>
  );
}
