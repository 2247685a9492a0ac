import { NativeSelect, Switch, TextInput } from '@mantine/core';
import {
  type ApplicationSettings,
  getApplicationSettings,
  onBehalf,
  updateApplicationSettings,
} from '@stoa/contract/settings';
import { useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import styles from './Settings.module.css';

const behalfs = onBehalf.options;

type Props = {
  readonly settings: ApplicationSettings;
  readonly isReadOnly: boolean;
  readonly onChange: (part: Partial<ApplicationSettings>) => void;
};

type SwitchName =
  | 'showDataProductsToConsumers'
  | 'fourEyes'
  | 'distinctReviewers'
  | 'separateGovernanceAndAdmin'
  | 'secondFactorForLocalAccounts'
  | 'identifyOnEnable'
  | 'identifyNewColumns'
  | 'verifyNightly';

function OneSwitch({ name, props }: { name: SwitchName; props: Props }) {
  const t = useText();
  return (
    <Switch
      label={t(`settings.${name}`)}
      description={t(`settings.${name}Hint`)}
      checked={props.settings[name] === true}
      disabled={props.isReadOnly}
      onChange={(event) => props.onChange({ [name]: event.currentTarget.checked })}
    />
  );
}

function Switches(props: Props) {
  const t = useText();
  const { settings, onChange } = props;
  return (
    <div className="form-column">
      <Section title={t('settings.marketplace')}>
        <OneSwitch name="showDataProductsToConsumers" props={props} />
      </Section>
      <Section title={t('settings.review')}>
        <div className={styles.switches}>
          {settings.fourEyes !== undefined && <OneSwitch name="fourEyes" props={props} />}
          {settings.distinctReviewers !== undefined && <OneSwitch name="distinctReviewers" props={props} />}
          {settings.onBehalf !== undefined && (
            <NativeSelect
              label={t('settings.onBehalf')}
              value={settings.onBehalf}
              disabled={props.isReadOnly}
              data={behalfs.map((value) => ({ value, label: t(`settings.onBehalf.${value}`) }))}
              onChange={(event) => {
                const onBehalf = behalfs.find((one) => one === event.currentTarget.value);
                if (onBehalf !== undefined) onChange({ onBehalf });
              }}
            />
          )}
        </div>
      </Section>
      <Section title={t('settings.people')}>
        <div className={styles.switches}>
          <OneSwitch name="separateGovernanceAndAdmin" props={props} />
          <OneSwitch name="secondFactorForLocalAccounts" props={props} />
        </div>
      </Section>
      <Section title={t('settings.identification')}>
        <div className={styles.switches}>
          <OneSwitch name="identifyOnEnable" props={props} />
          <OneSwitch name="identifyNewColumns" props={props} />
        </div>
      </Section>
      {settings.confirmLossOver !== undefined && (
        <Section title={t('settings.policies')}>
          <WholeNumber key={settings.confirmLossOver} name="confirmLossOver" props={props} min={0} max={1_000_000} />
        </Section>
      )}
      <Section title={t('settings.verification')}>
        <div className={styles.switches}>
          <OneSwitch name="verifyNightly" props={props} />
          <WholeNumber key={`hour ${settings.verifyAtHour}`} name="verifyAtHour" props={props} min={0} max={23} />
        </div>
      </Section>
      <Section title={t('settings.activity')}>
        <div className={styles.switches}>
          <WholeNumber
            key={`every ${settings.activityEveryMinutes}`}
            name="activityEveryMinutes"
            props={props}
            min={0}
            max={1_440}
          />
          <WholeNumber
            key={`keep ${settings.activityKeepDays}`}
            name="activityKeepDays"
            props={props}
            min={30}
            max={3_650}
          />
        </div>
      </Section>
    </div>
  );
}

type WholeNumberProps = {
  readonly name: 'confirmLossOver' | 'activityEveryMinutes' | 'activityKeepDays' | 'verifyAtHour';
  readonly props: Props;
  readonly min: number;
  readonly max: number;
};

/** A number is sent once it is whole and in its bounds: when the field is left. */
function WholeNumber({ name, props: { settings, isReadOnly, onChange }, min, max }: WholeNumberProps) {
  const t = useText();
  const [value, setValue] = useState(String(settings[name] ?? min));
  const count = Number(value);
  const isWhole = value !== '' && Number.isInteger(count) && count >= min && count <= max;
  return (
    <TextInput
      type="number"
      label={t(`settings.${name}`)}
      description={t(`settings.${name}Hint`)}
      error={isWhole ? undefined : t('settings.wholeNumber', { min, max })}
      value={value}
      min={min}
      max={max}
      disabled={isReadOnly}
      onChange={(event) => setValue(event.currentTarget.value)}
      onBlur={() => {
        if (isWhole && count !== settings[name]) onChange({ [name]: count });
      }}
    />
  );
}

/** The ways on which messages go out, each with a page of its own. */
function ChannelLinks() {
  const t = useText();
  return (
    <Section title={t('settings.channels')}>
      <p>
        <LinkTo to="/admin/settings/slack">{t('settings.slack')}</LinkTo>
      </p>
      <p>
        <LinkTo to="/admin/messages">{t('settings.messages')}</LinkTo>
      </p>
    </Section>
  );
}

function SecurityLinks() {
  const t = useText();
  return (
    <Section title={t('settings.security')}>
      <p>
        <LinkTo to="/admin/settings/sso">{t('settings.sso')}</LinkTo>
      </p>
      <p>
        <LinkTo to="/admin/settings/keys">{t('settings.keys')}</LinkTo>
      </p>
      <p>
        <LinkTo to="/admin/settings/restores">{t('settings.restores')}</LinkTo>
      </p>
      <p>
        <LinkTo to="/audit/chain">{t('settings.auditChain')}</LinkTo>
      </p>
    </Section>
  );
}

/** The switches of the installation. */
export function SettingsPage() {
  const t = useText();
  const may = useMay();
  const announce = useAnnounce();
  const settings = useOperation(getApplicationSettings, {});
  const update = useCommand(updateApplicationSettings, {
    invalidates: [getApplicationSettings],
    onSuccess: () => announce(t('settings.saved')),
  });
  const mayChange = may('settings.manage');
  return (
    <>
      <PageHeader
        title={t('settings.title')}
        lead={t('settings.lead')}
        secondary={mayChange && <LinkTo to="/admin/first-steps">{t('settings.firstSteps')}</LinkTo>}
      />
      {!mayChange && <Banner>{t('settings.denied')}</Banner>}
      {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
      {settings.error !== null && <ErrorNotice problem={settings.error} onRetry={() => void settings.refetch()} />}
      {may('slack.manage') && <ChannelLinks />}
      {may('key.manage') && <SecurityLinks />}
      {settings.isPending && <SkeletonText lines={6} />}
      {settings.data !== undefined && (
        <Switches
          settings={settings.data}
          isReadOnly={!mayChange || update.isPending}
          onChange={(body) => update.mutate({ body })}
        />
      )}
    </>
  );
}
