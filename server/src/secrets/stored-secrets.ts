/** A sealed text in the database: in which rows, how it is read there, and how another takes its place. */
export type StoredSecret = {
  readonly table: string;
  /** SQL for what `rowId` of the place is. */
  readonly rowId: string;
  /** SQL for the sealed text; null where there is none. */
  readonly sealed: string;
  /** SQL that puts the text `v.sealed` in its place. */
  readonly set: string;
  /** The path to it in the row as JSON, for the trigger that refuses a key that is gone. */
  readonly path: string;
};

type Kind = { readonly title: string; readonly stored: readonly StoredSecret[] };

const column = (table: string, rowId: string, name: string): StoredSecret => ({
  table,
  rowId,
  sealed: name,
  set: `${name} = v.sealed`,
  path: name,
});
const inSetting = (name: string, member: string): StoredSecret => ({
  table: 'setting',
  rowId: 'name',
  sealed: `case when name = '${name}' then value ->> '${member}' end`,
  set: `value = jsonb_set(value, '{${member}}', to_jsonb(v.sealed))`,
  path: `value.${member}`,
});

/**
 * Every kind of secret, by the table and column of its place, and where secrets of it are stored. Each has a data key of its
 * own. A kind that is stored nowhere travels, and comes back soon.
 */
export const secretKinds = {
  'connection.secret': { title: 'Logins of data platforms', stored: [column('connection', 'id::text', 'secret')] },
  'webhook.secret': {
    title: 'Signing keys of webhooks',
    stored: [column('webhook', 'id::text', 'secret'), column('webhook', 'id::text', 'former_secret')],
  },
  'slack_app.client_secret': {
    title: 'Client secret of Slack',
    stored: [column('slack_app', `'slack'`, 'client_secret')],
  },
  'slack_app.signing_secret': {
    title: 'Signing secret of Slack',
    stored: [column('slack_app', `'slack'`, 'signing_secret')],
  },
  'slack_installation.bot_token': {
    title: 'Token of Slack',
    stored: [column('slack_installation', `'slack'`, 'bot_token')],
  },
  'slack_install_state.nonce': { title: 'Ways back from Slack', stored: [] },
  'identity_provider.client_secret': {
    title: 'Client secrets of identity providers',
    stored: [column('identity_provider', 'id', 'client_secret')],
  },
  'second_factor.secret': {
    title: 'Second factors of local accounts',
    stored: [column('second_factor', 'global_user_id::text', 'secret')],
  },
  'audit_key.private_key': {
    title: 'Signing keys of the audit trail',
    stored: [column('audit_key', 'id', 'private_key')],
  },
  'audit_sink.secret': { title: 'Logins of audit exports', stored: [column('audit_sink', 'kind', 'secret')] },
  'setting.password': {
    title: 'Password of the mail server',
    stored: [inSetting('email', 'password'), inSetting('email_tried', 'password')],
  },
  'setting.url': { title: 'Address of Teams', stored: [inSetting('teams', 'url')] },
  'setting.value': { title: 'Secret of hashing masks', stored: [inSetting('mask_salt', 'sealed')] },
} as const satisfies Record<string, Kind>;

export type SecretKind = keyof typeof secretKinds;
export const allKinds = Object.keys(secretKinds) as SecretKind[];
export const storedOf = (kind: SecretKind): readonly StoredSecret[] => secretKinds[kind].stored;
/** A kind that an older or a newer Stoa knew is shown by its name. */
export const titleOfKind = (kind: string): string =>
  kind in secretKinds ? secretKinds[kind as SecretKind].title : kind;

type PlaceOf<K> = K extends `${infer T}.${infer C}` ? { table: T; column: C; rowId: string } : never;
export type PlaceOfSecret = { [K in SecretKind]: PlaceOf<K> }[SecretKind];

export const kindOf = (place: PlaceOfSecret): SecretKind => `${place.table}.${place.column}` as SecretKind;
