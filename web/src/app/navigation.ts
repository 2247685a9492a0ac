import type { Action } from '@stoa/contract/action';
import {
  type Icon,
  IconArrowsSplit2,
  IconBell,
  IconBuildingStore,
  IconChecklist,
  IconDatabase,
  IconDatabaseExclamation,
  IconTerminal2,
  IconFileCertificate,
  IconFingerprint,
  IconForms,
  IconHistory,
  IconKey,
  IconLink,
  IconMailForward,
  IconPlugConnected,
  IconRefresh,
  IconReport,
  IconSettings,
  IconSignature,
  IconSitemap,
  IconShieldCheck,
  IconTable,
  IconTags,
  IconUsers,
  IconBolt,
  IconWorld,
} from '@tabler/icons-react';
import type { MessageId } from './messages/use-text.tsx';

export type NavTarget =
  | '/'
  | '/assets'
  | '/me/access'
  | '/requests'
  | '/reviews'
  | '/manage/products'
  | '/manage/agreements'
  | '/manage/flows'
  | '/manage/forms'
  | '/govern/domains'
  | '/govern/policies'
  | '/govern/identification'
  | '/govern/data-sources'
  | '/govern/tags'
  | '/admin/connections'
  | '/admin/objects'
  | '/admin/jobs'
  | '/admin/request-links'
  | '/admin/requested-assets'
  | '/admin/settings'
  | '/admin/webhooks'
  | '/admin/people'
  | '/inbox'
  | '/audit'
  | '/admin/verification'
  | '/reports'
  | '/me/tokens';

export type NavEntry = {
  readonly to: NavTarget;
  readonly text: MessageId;
  readonly icon: Icon;
  readonly keys?: string;
  /** Shown to callers who hold one of these; to all when there is none. */
  readonly actions?: readonly Action[];
};

export type NavGroup = { readonly text: MessageId; readonly entries: readonly NavEntry[] };

/** The navigation, in the order of the day: find, review, manage, administer. */
export const navigation: readonly NavGroup[] = [
  {
    text: 'shell.nav.find',
    entries: [
      { to: '/', text: 'shell.nav.marketplace', icon: IconBuildingStore, keys: 'g m' },
      { to: '/assets', text: 'shell.nav.assets', icon: IconDatabase },
      { to: '/me/access', text: 'shell.nav.myAccess', icon: IconKey, keys: 'g a' },
      { to: '/requests', text: 'shell.nav.myRequests', icon: IconMailForward },
    ],
  },
  {
    text: 'shell.nav.review',
    entries: [
      { to: '/inbox', text: 'shell.nav.inbox', icon: IconBell, keys: 'g i' },
      { to: '/reviews', text: 'shell.nav.reviews', icon: IconChecklist, keys: 'g r' },
    ],
  },
  {
    text: 'shell.nav.manage',
    entries: [
      {
        to: '/manage/products',
        text: 'shell.nav.products',
        icon: IconFileCertificate,
        keys: 'g p',
        actions: ['data-product.create', 'data-product.manage'],
      },
      {
        to: '/manage/forms',
        text: 'shell.nav.forms',
        icon: IconForms,
        keys: 'g f',
        actions: ['request-form.create'],
      },
      {
        to: '/manage/agreements',
        text: 'shell.nav.agreements',
        icon: IconSignature,
        actions: ['data-use-agreement.create'],
      },
      {
        to: '/manage/flows',
        text: 'shell.nav.flows',
        icon: IconArrowsSplit2,
        actions: ['request-form.create'],
      },
      {
        to: '/govern/domains',
        text: 'shell.nav.domains',
        icon: IconWorld,
        keys: 'g d',
        actions: ['domain.manage', 'data-product.create', 'user.manage'],
      },
      {
        to: '/govern/policies',
        text: 'shell.nav.policies',
        icon: IconShieldCheck,
        keys: 'g o',
        actions: ['policy.read'],
      },
      {
        to: '/govern/identification',
        text: 'shell.nav.identification',
        icon: IconFingerprint,
        keys: 'g s',
        actions: ['identification.read'],
      },
      {
        to: '/govern/data-sources',
        text: 'shell.nav.sources',
        icon: IconTable,
        actions: ['tag.apply', 'data-object.read', 'data-product.create'],
      },
      { to: '/govern/tags', text: 'shell.nav.tags', icon: IconTags, keys: 'g t', actions: ['tag.apply', 'tag.manage'] },
    ],
  },
  {
    text: 'shell.nav.admin',
    entries: [
      {
        to: '/admin/connections',
        text: 'shell.nav.connections',
        icon: IconPlugConnected,
        keys: 'g c',
        actions: ['connection.read', 'connection.manage'],
      },
      {
        to: '/admin/objects',
        text: 'shell.nav.objects',
        icon: IconSitemap,
        actions: ['connection.read', 'data-object.manage', 'data-object.release'],
      },
      {
        to: '/admin/jobs',
        text: 'shell.nav.jobs',
        icon: IconRefresh,
        actions: ['connection.read', 'connection.manage'],
      },
      {
        to: '/admin/request-links',
        text: 'shell.nav.links',
        icon: IconLink,
        actions: ['data-object.read', 'asset.edit'],
      },
      {
        to: '/admin/requested-assets',
        text: 'shell.nav.requestedAssets',
        icon: IconDatabaseExclamation,
        actions: ['asset.edit'],
      },
      { to: '/admin/people', text: 'shell.nav.people', icon: IconUsers, actions: ['user.manage', 'group.manage'] },
      { to: '/reports', text: 'shell.nav.reports', icon: IconReport, actions: ['report.read'] },
      { to: '/audit', text: 'shell.nav.audit', icon: IconHistory, keys: 'g l', actions: ['audit.read'] },
      {
        to: '/admin/verification',
        text: 'shell.nav.verification',
        icon: IconChecklist,
        actions: ['verification.read'],
      },
      { to: '/admin/webhooks', text: 'shell.nav.webhooks', icon: IconBolt, actions: ['webhook.manage'] },
      { to: '/admin/settings', text: 'shell.nav.settings', icon: IconSettings, actions: ['settings.manage'] },
      { to: '/me/tokens', text: 'shell.nav.tokens', icon: IconTerminal2 },
    ],
  },
];
