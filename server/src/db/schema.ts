// Written by `npm run schema` from the migrations. Do not edit by hand.
import type { ColumnType, GeneratedAlways, Generated, JSONColumnType } from 'kysely';

/** Parsed where it is read; the column holds what our own code wrote. */
type Json = JSONColumnType<object, object | string, object | string>;
type Timestamp = ColumnType<Date, Date | string, Date | string>;
type NullableTimestamp = ColumnType<Date | null, Date | string | null, Date | string | null>;

export interface Database {
  access_request: AccessRequestTable;
  activity_reading: ActivityReadingTable;
  agreement_acceptance: AgreementAcceptanceTable;
  app_user: AppUserTable;
  approval_record: ApprovalRecordTable;
  asset: AssetTable;
  asset_future_objects: AssetFutureObjectsTable;
  asset_subject_matter_expert: AssetSubjectMatterExpertTable;
  assist_rate: AssistRateTable;
  attribute: AttributeTable;
  audit_checkpoint: AuditCheckpointTable;
  audit_event: AuditEventTable;
  audit_gap: AuditGapTable;
  audit_key: AuditKeyTable;
  audit_seal: AuditSealTable;
  audit_sealer: AuditSealerTable;
  audit_sink: AuditSinkTable;
  audit_verification: AuditVerificationTable;
  column_mask: ColumnMaskTable;
  connection: ConnectionTable;
  connection_lease: ConnectionLeaseTable;
  container: ContainerTable;
  container_excess: ContainerExcessTable;
  container_object: ContainerObjectTable;
  container_part: ContainerPartTable;
  container_schema: ContainerSchemaTable;
  crawl: CrawlTable;
  crawl_object: CrawlObjectTable;
  data_key: DataKeyTable;
  data_object: DataObjectTable;
  data_object_role: DataObjectRoleTable;
  data_product: DataProductTable;
  data_product_domain: DataProductDomainTable;
  data_product_former_name: DataProductFormerNameTable;
  data_product_owner: DataProductOwnerTable;
  data_product_search: DataProductSearchTable;
  data_product_source: DataProductSourceTable;
  data_source: DataSourceTable;
  data_source_column: DataSourceColumnTable;
  data_use_agreement: DataUseAgreementTable;
  data_use_agreement_version: DataUseAgreementVersionTable;
  determination: DeterminationTable;
  determination_advice: DeterminationAdviceTable;
  domain: DomainTable;
  domain_change: DomainChangeTable;
  domain_count: DomainCountTable;
  domain_data_source: DomainDataSourceTable;
  domain_permission: DomainPermissionTable;
  drift_finding: DriftFindingTable;
  event: EventTable;
  event_pending: EventPendingTable;
  exception_column: ExceptionColumnTable;
  exemption_status: ExemptionStatusTable;
  expiry_warning: ExpiryWarningTable;
  former_person: FormerPersonTable;
  global_permission: GlobalPermissionTable;
  group_member: GroupMemberTable;
  idempotency_key: IdempotencyKeyTable;
  identification_column: IdentificationColumnTable;
  identification_due: IdentificationDueTable;
  identification_proposal: IdentificationProposalTable;
  identification_result: IdentificationResultTable;
  identification_run: IdentificationRunTable;
  identification_run_source: IdentificationRunSourceTable;
  identifier: IdentifierTable;
  identifier_set_entry: IdentifierSetEntryTable;
  identity_provider: IdentityProviderTable;
  inbox_message: InboxMessageTable;
  left_session: LeftSessionTable;
  live_event: LiveEventTable;
  logout_token: LogoutTokenTable;
  mask_formula: MaskFormulaTable;
  masked_column: MaskedColumnTable;
  membership_status: MembershipStatusTable;
  message_delivery: MessageDeliveryTable;
  notification_hours: NotificationHoursTable;
  notification_switch: NotificationSwitchTable;
  pending_sign_in: PendingSignInTable;
  people_change: PeopleChangeTable;
  personal_access_token: PersonalAccessTokenTable;
  platform_identity: PlatformIdentityTable;
  policy: PolicyTable;
  policy_certification: PolicyCertificationTable;
  policy_member: PolicyMemberTable;
  policy_source: PolicySourceTable;
  policy_version: PolicyVersionTable;
  product_change: ProductChangeTable;
  product_count: ProductCountTable;
  product_draft: ProductDraftTable;
  product_holder: ProductHolderTable;
  provisioning_key: ProvisioningKeyTable;
  query_activity: QueryActivityTable;
  rate_count: RateCountTable;
  reader_need: ReaderNeedTable;
  recovery_code: RecoveryCodeTable;
  reminder: ReminderTable;
  reminder_day: ReminderDayTable;
  replica: ReplicaTable;
  request_draft: RequestDraftTable;
  request_form: RequestFormTable;
  request_form_version: RequestFormVersionTable;
  request_snooze: RequestSnoozeTable;
  requested_asset: RequestedAssetTable;
  reroute: RerouteTable;
  restore: RestoreTable;
  restore_finding: RestoreFindingTable;
  reviewer_reminder: ReviewerReminderTable;
  saved_view: SavedViewTable;
  scim_access: ScimAccessTable;
  scim_group: ScimGroupTable;
  scim_person: ScimPersonTable;
  second_factor: SecondFactorTable;
  session: SessionTable;
  setting: SettingTable;
  sign_in_link: SignInLinkTable;
  slack_account: SlackAccountTable;
  slack_app: SlackAppTable;
  slack_install_state: SlackInstallStateTable;
  slack_installation: SlackInstallationTable;
  slack_message: SlackMessageTable;
  source_protection: SourceProtectionTable;
  statement_intent: StatementIntentTable;
  stoa_migration: StoaMigrationTable;
  tag: TagTable;
  tag_application: TagApplicationTable;
  take_back: TakeBackTable;
  take_back_statement: TakeBackStatementTable;
  task: TaskTable;
  unmapped_login: UnmappedLoginTable;
  unmapped_look: UnmappedLookTable;
  unmapped_way: UnmappedWayTable;
  user_group: UserGroupTable;
  verification_finding: VerificationFindingTable;
  verification_run: VerificationRunTable;
  webhook: WebhookTable;
  webhook_attempt: WebhookAttemptTable;
  webhook_delivery: WebhookDeliveryTable;
  webhook_message: WebhookMessageTable;
  webhook_remains: WebhookRemainsTable;
}

export interface AccessRequestTable {
  id: string;
  type: string;
  status: string;
  requesting_user: string;
  beneficiary: string;
  data_product_id: string | null;
  asset_id: string | null;
  target_id: GeneratedAlways<string | null>;
  request_form_id: string | null;
  form_version: string;
  form: Json;
  flow: Json;
  event: Json;
  metadata: ColumnType<object, object | string | undefined, object | string>;
  requested_duration: ColumnType<object | null, object | null | string, object | null | string>;
  expiration: NullableTimestamp;
  decided_at: NullableTimestamp;
  ended_at: NullableTimestamp;
  ended_by: string | null;
  end_reason: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  awaits_acceptance: Generated<boolean>;
}

export interface ActivityReadingTable {
  connection_id: string;
  way: string | null;
  observed_since: NullableTimestamp;
  last_read_at: NullableTimestamp;
  due_at: ColumnType<Date, Date | string | undefined, Date | string>;
  turn: Generated<number>;
  cursor: ColumnType<object | null, object | null | string, object | null | string>;
  forgotten: Generated<number>;
  unresolved_calls: Generated<number>;
  failure: string | null;
}

export interface AgreementAcceptanceTable {
  id: string;
  access_request_id: string;
  data_use_agreement_id: string;
  version: number;
  sha256: string;
  accepted_by: string;
  accepted_at: Timestamp;
}

export interface AppUserTable {
  global_user_id: string;
  id: GeneratedAlways<number>;
  person_id: string;
  iam_id: Generated<string>;
  username: string;
  name: string;
  email: string | null;
  password_hash: string | null;
  status: Generated<string>;
  kind: Generated<string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  disabled_at: NullableTimestamp;
  person_since: NullableTimestamp;
  username_key: string | null;
  disabled_by: string | null;
}

export interface ApprovalRecordTable {
  id: string;
  access_request_id: string;
  stage: number;
  position: number;
  approvers: Json;
  prerequisites: Generated<string[]>;
  status: string;
  action_by: string | null;
  reason: string | null;
  duration: number | null;
  duration_unit: string | null;
  criteria_met: ColumnType<object | null, object | null | string, object | null | string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  left_behind_at: NullableTimestamp;
  routed_by: string | null;
}

export interface AssetTable {
  data_object_id: string;
  description: string | null;
  external_link: string | null;
  data_access_form_id: string | null;
  masking_exception_form_id: string | null;
  data_access_review_flow: ColumnType<object | null, object | null | string, object | null | string>;
  masking_exception_review_flow: ColumnType<object | null, object | null | string, object | null | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_by: string | null;
}

export interface AssetFutureObjectsTable {
  data_object_id: string;
  setting: string;
  set_by: string | null;
  set_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface AssetSubjectMatterExpertTable {
  data_object_id: string;
  global_user_id: string;
}

export interface AssistRateTable {
  target_id: string;
  type: string;
  accepted: Generated<number>;
  overridden: Generated<number>;
  unadvised: Generated<number>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface AttributeTable {
  principal_type: string;
  principal_id: string;
  name: string;
  value: string;
  source: Generated<string>;
  added_by: string | null;
  added_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface AuditCheckpointTable {
  number: number;
  seq: number;
  hash: Buffer;
  count: number;
  time: Timestamp;
  settled_at: NullableTimestamp;
  key_id: string;
  previous_signature: string;
  signature: string;
}

export interface AuditEventTable {
  id: string;
  sequence: GeneratedAlways<number>;
  action: string;
  action_status: Generated<string>;
  event_timestamp: ColumnType<Date, Date | string | undefined, Date | string>;
  actor: Json;
  actor_id: string | null;
  actor_ip: string | null;
  target_type: string | null;
  targets: ColumnType<object, object | string | undefined, object | string>;
  related_resources: ColumnType<object, object | string | undefined, object | string>;
  payload: ColumnType<object, object | string | undefined, object | string>;
  domain_ids: Generated<string[]>;
  request_id: string | null;
  session_id: string | null;
}

export interface AuditGapTable {
  first_sequence: number;
  last_sequence: number;
  since: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface AuditKeyTable {
  id: string;
  public_key: string;
  private_key: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface AuditSealTable {
  seq: number;
  event_id: string;
  event_digest: Buffer;
  prev_hash: Buffer;
  hash: Buffer;
}

export interface AuditSealerTable {
  id: Generated<boolean>;
  seen_sequence: Generated<number>;
}

export interface AuditSinkTable {
  kind: string;
  is_enabled: boolean;
  settings: ColumnType<object, object | string | undefined, object | string>;
  secret: string | null;
  exported_number: Generated<number>;
  exported_at: NullableTimestamp;
  failed_at: NullableTimestamp;
  failure: string | null;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface AuditVerificationTable {
  id: string;
  task_id: string | null;
  started_at: Timestamp;
  finished_at: ColumnType<Date, Date | string | undefined, Date | string>;
  outcome: string;
  report: Json;
}

export interface ColumnMaskTable {
  data_source_id: number;
  ordinal: number;
  column_name: string;
  policy_id: string;
  policy_key: string;
  policy_name: string;
  masking_type: string;
  degraded_to: string | null;
  degraded_why: string | null;
  matched_tag: string | null;
  outranked: Generated<string[]>;
  is_cell: boolean;
  is_liftable: boolean;
}

export interface ConnectionTable {
  id: string;
  connection_key: string;
  technology: string;
  config: Json;
  auth_type: string;
  secret: string;
  settings: ColumnType<object, object | string | undefined, object | string>;
  state: Generated<string>;
  state_reason: string | null;
  server_info: ColumnType<object | null, object | null | string, object | null | string>;
  sync_interval_hours: Generated<number>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  created_by: string | null;
  last_run_at: NullableTimestamp;
  last_ok_at: NullableTimestamp;
  run_error: string | null;
  down_since: NullableTimestamp;
  next_attempt_at: NullableTimestamp;
  attempt: Generated<number>;
  fingerprint: string | null;
  last_sweep_at: NullableTimestamp;
  next_crawl_at: NullableTimestamp;
  crawled_tree: ColumnType<object | null, object | null | string, object | null | string>;
  tag_id: Generated<number>;
  pause_told_at: NullableTimestamp;
}

export interface ConnectionLeaseTable {
  connection_id: string;
  holder: string;
  fence: Generated<number>;
  renewed_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface ContainerTable {
  connection_id: string;
  target_id: string;
  kind: string;
  number: Generated<number>;
  native_id: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  verified_at: NullableTimestamp;
  moved_by_us: Generated<boolean>;
  part_ids: ColumnType<object | null, object | null | string, object | null | string>;
}

export interface ContainerExcessTable {
  connection_id: string;
  target_id: string;
  part: number;
  since: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface ContainerObjectTable {
  connection_id: string;
  target_id: string;
  data_source_id: number;
  state: string;
  reason: string | null;
  verified_at: NullableTimestamp;
  checked_at: ColumnType<Date, Date | string | undefined, Date | string>;
  part: Generated<number>;
}

export interface ContainerPartTable {
  connection_id: string;
  target_id: string;
  part: number;
  key: string | null;
  body: ColumnType<object | null, object | null | string, object | null | string>;
  asks: Generated<string[]>;
}

export interface ContainerSchemaTable {
  connection_id: string;
  target_id: string;
  schema_platform_id: string;
  object_path: string[];
  mode: string;
  reason: string | null;
  repair: string | null;
  creating_roles: ColumnType<object, object | string | undefined, object | string>;
  verified_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface CrawlTable {
  id: string;
  connection_id: string;
  task_id: string | null;
  path: string[] | null;
  status: Generated<string>;
  found: Generated<number>;
  error: string | null;
  is_suspect: Generated<boolean>;
  started_at: ColumnType<Date, Date | string | undefined, Date | string>;
  finished_at: NullableTimestamp;
}

export interface CrawlObjectTable {
  crawl_id: string;
  new_id: string;
  platform_id: string;
  parent_platform_id: string | null;
  depth: number;
  object_path: string[];
  object_type: string;
  owner: string | null;
  owner_platform_id: string | null;
  comment: string | null;
  columns: Json;
  object_id: string | null;
  matched: string | null;
}

export interface DataKeyTable {
  id: string;
  kind: string;
  state: Generated<string>;
  wrapped: string | null;
  root_key_id: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  activated_at: NullableTimestamp;
  replaced_at: NullableTimestamp;
  retired_at: NullableTimestamp;
}

export interface DataObjectTable {
  id: string;
  connection_id: string;
  parent_id: string | null;
  object_path: string[];
  name: string;
  object_type: string;
  platform_id: string | null;
  owner: string | null;
  owner_platform_id: string | null;
  state: Generated<string>;
  new_child_state: Generated<string>;
  effective_state: Generated<string>;
  missing_since: NullableTimestamp;
  hold: string | null;
  comment: string | null;
  columns: ColumnType<object, object | string | undefined, object | string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  last_seen_at: ColumnType<Date, Date | string | undefined, Date | string>;
  tag_id: Generated<number>;
  exposure: string | null;
}

export interface DataObjectRoleTable {
  data_object_id: string;
  role: string;
  principal_type: string;
  user_id: string | null;
  group_id: number | null;
  granted_by: string | null;
  granted_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface DataProductTable {
  id: string;
  name: string;
  slug: string;
  description: string | null;
  subject_matter_expert: string;
  suspended: Generated<boolean>;
  data_access_form_id: string | null;
  masking_exception_form_id: string | null;
  data_access_review_flow: ColumnType<object | null, object | null | string, object | null | string>;
  masking_exception_review_flow: ColumnType<object | null, object | null | string, object | null | string>;
  created_by: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  deleted_at: NullableTimestamp;
  tag_id: Generated<number>;
  name_key: string | null;
}

export interface DataProductDomainTable {
  data_product_id: string;
  domain_id: string;
}

export interface DataProductFormerNameTable {
  data_product_id: string;
  name: string;
  slug: string;
  changed_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface DataProductOwnerTable {
  data_product_id: string;
  global_user_id: string;
}

export interface DataProductSearchTable {
  data_product_id: string;
  document: string;
  plain: string;
  is_stale: Generated<boolean>;
}

export interface DataProductSourceTable {
  id: string;
  data_product_id: string;
  data_source_id: number;
  added_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface DataSourceTable {
  id: GeneratedAlways<number>;
  data_object_id: string;
  connection_id: string;
  name: string;
  enabled: Generated<boolean>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface DataSourceColumnTable {
  data_source_id: number;
  ordinal: number;
  name: string;
  native_type: string;
  type_family: string;
  nullable: boolean;
  comment: string | null;
}

export interface DataUseAgreementTable {
  id: string;
  name: string;
  name_key: string;
  current_version: number;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_by: string | null;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  deleted_at: NullableTimestamp;
}

export interface DataUseAgreementVersionTable {
  data_use_agreement_id: string;
  version: number;
  name: string;
  body: string;
  sha256: string;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface DeterminationTable {
  id: string;
  access_request_id: string;
  action_by: string | null;
  status: string;
  reason: string | null;
  duration: number | null;
  duration_unit: string | null;
  record_ids: string[];
  is_final: boolean;
  plan_hash: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  target_id: string;
  type: string;
  request_form_id: string | null;
  traits: ColumnType<object | null, object | null | string, object | null | string>;
  bulk_id: string | null;
}

export interface DeterminationAdviceTable {
  determination_id: string;
  approval_risk: string | null;
  recommendation: string | null;
  computed_at: NullableTimestamp;
  opened: GeneratedAlways<number>;
}

export interface DomainTable {
  id: string;
  name: string;
  description: Generated<string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  mode: Generated<string>;
  tag_id: number | null;
  name_key: string | null;
}

export interface DomainChangeTable {
  id: GeneratedAlways<number>;
  domain_id: string;
  sources: number;
}

export interface DomainCountTable {
  domain_id: string;
  sources: number;
}

export interface DomainDataSourceTable {
  domain_id: string;
  data_source_id: number;
  added_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface DomainPermissionTable {
  domain_id: string;
  permission: string;
  principal_type: string;
  user_id: string | null;
  group_id: number | null;
  granted_by: string | null;
  granted_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface DriftFindingTable {
  id: string;
  connection_id: string;
  finding: string;
  object: string;
  principal: string;
  privilege: string;
  detail: ColumnType<object, object | string | undefined, object | string>;
  since: ColumnType<Date, Date | string | undefined, Date | string>;
  last_seen_at: ColumnType<Date, Date | string | undefined, Date | string>;
  closed_at: NullableTimestamp;
  closed_how: string | null;
  ignored_at: NullableTimestamp;
  ignored_by: string | null;
  ignored_reason: string | null;
  take_back_id: string | null;
}

export interface EventTable {
  sequence: GeneratedAlways<number>;
  id: Generated<string>;
  type: string;
  request_id: string | null;
  target_id: string | null;
  domain_id: string | null;
  actor_id: string | null;
  actor_name: string | null;
  data: ColumnType<object, object | string | undefined, object | string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface EventPendingTable {
  sequence: number;
  attempts: Generated<number>;
  due_at: NullableTimestamp;
  failure: string | null;
}

export interface ExceptionColumnTable {
  access_request_id: string;
  data_source_id: number;
  column_name: string;
  ordinal: number;
  family: string;
  ended_at: NullableTimestamp;
  ended_why: string | null;
}

export interface ExemptionStatusTable {
  access_request_id: string;
  connection_id: string;
  global_user_id: string;
  state: string;
  reason: string | null;
  attempt: Generated<number>;
  next_attempt_at: NullableTimestamp;
  verified_at: NullableTimestamp;
  principal: string | null;
  proof: ColumnType<object | null, object | null | string, object | null | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface ExpiryWarningTable {
  request_id: string;
  days: number;
  warned_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface FormerPersonTable {
  global_user_id: string;
  person_id: string;
  since: NullableTimestamp;
  until: Timestamp;
}

export interface GlobalPermissionTable {
  global_user_id: string;
  permission: string;
  granted_by: string | null;
  granted_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface GroupMemberTable {
  group_id: number;
  global_user_id: string;
  added_by: string | null;
  added_at: ColumnType<Date, Date | string | undefined, Date | string>;
  source: Generated<string>;
}

export interface IdempotencyKeyTable {
  global_user_id: string;
  key: string;
  operation_id: string;
  body_hash: Buffer;
  status: number | null;
  body: ColumnType<object | null, object | null | string, object | null | string>;
  is_kept: Generated<boolean>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  claim: string | null;
  has_effect: Generated<boolean>;
}

export interface IdentificationColumnTable {
  data_source_id: number;
  column_ordinal: number;
  column_name: string;
  run_id: string | null;
  sample_rows: number | null;
  non_null_rows: number | null;
  reason: string | null;
  ran_at: Timestamp;
}

export interface IdentificationDueTable {
  data_source_id: number;
  cause: string;
  noted_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface IdentificationProposalTable {
  data_source_id: number;
  column_ordinal: number;
  tag_id: number;
  identifier_name: string;
  outcome: string;
  ratio_before: number | null;
  ratio_now: number | null;
  run_id: string | null;
  proposed_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface IdentificationResultTable {
  data_source_id: number;
  column_ordinal: number;
  identifier_id: number;
  identifier_name: string;
  outcome: string;
  hit_ratio: number | null;
}

export interface IdentificationRunTable {
  id: string;
  task_id: string | null;
  scope: string;
  domain_id: string | null;
  connection_id: string | null;
  data_source_id: number | null;
  scope_name: string;
  cause: string;
  status: Generated<string>;
  error: string | null;
  total: Generated<number>;
  done: Generated<number>;
  refused: Generated<number>;
  columns: Generated<number>;
  tags_added: Generated<number>;
  tags_proposed: Generated<number>;
  cancel_requested_at: NullableTimestamp;
  canceled_by: string | null;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  started_at: NullableTimestamp;
  finished_at: NullableTimestamp;
}

export interface IdentificationRunSourceTable {
  run_id: string;
  data_source_id: number;
  status: Generated<string>;
  reason: string | null;
  columns: Generated<number>;
  tags_added: Generated<number>;
  tags_proposed: Generated<number>;
  finished_at: NullableTimestamp;
}

export interface IdentifierTable {
  id: Generated<number>;
  domain_id: string | null;
  name: string;
  description: Generated<string>;
  criteria_type: string;
  pattern: string | null;
  dictionary: Generated<string[]>;
  case_sensitive: boolean;
  min_hit_ratio: Generated<number>;
  tags: string[];
  specificity: number;
  validator: string | null;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  name_key: string | null;
}

export interface IdentifierSetEntryTable {
  domain_id: string;
  identifier_id: number;
  is_enabled: Generated<boolean>;
  tags: string[] | null;
}

export interface IdentityProviderTable {
  id: string;
  name: string;
  issuer: string;
  client_id: string;
  client_secret: string | null;
  scopes: string[];
  claims: Json;
  unknown_people: string;
  is_enabled: boolean;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface InboxMessageTable {
  id: string;
  notification_id: string;
  global_user_id: string;
  event_id: string | null;
  notification_type: string;
  subject: string;
  message: string;
  details: ColumnType<object, object | string | undefined, object | string>;
  action_path: string | null;
  action_label: string | null;
  request_id: string | null;
  target_id: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  read_at: NullableTimestamp;
}

export interface LeftSessionTable {
  connection_id: string;
  principal_id: string;
  sessions: string[] | null;
  requests: ColumnType<object, object | string | undefined, object | string>;
  since: ColumnType<Date, Date | string | undefined, Date | string>;
  attempt: Generated<number>;
  next_attempt_at: Timestamp;
}

export interface LiveEventTable {
  sequence: GeneratedAlways<number>;
  type: string;
  subject_id: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface LogoutTokenTable {
  provider_id: string;
  id_hash: Buffer;
  expires_at: Timestamp;
}

export interface MaskFormulaTable {
  id: GeneratedAlways<number>;
  text: string;
}

export interface MaskedColumnTable {
  id: GeneratedAlways<number>;
  data_source_id: number;
  ordinal: number;
  family: string;
}

export interface MembershipStatusTable {
  access_request_id: string;
  connection_id: string;
  target_id: string;
  global_user_id: string;
  state: string;
  reason: string | null;
  error_class: string | null;
  attempt: Generated<number>;
  next_attempt_at: NullableTimestamp;
  active_at: NullableTimestamp;
  removed_at: NullableTimestamp;
  verified_at: NullableTimestamp;
  principal: string | null;
  probe: string | null;
  proof: ColumnType<object | null, object | null | string, object | null | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  prevented_parts: number[] | null;
  prevented_reason: string | null;
}

export interface MessageDeliveryTable {
  id: string;
  notification_id: string;
  inbox_message_id: string | null;
  global_user_id: string | null;
  provider: string;
  notification_type: string;
  content: ColumnType<object | null, object | null | string, object | null | string>;
  state: Generated<string>;
  attempts: Generated<number>;
  next_attempt_at: Generated<NullableTimestamp>;
  last_error: string | null;
  address: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  sent_at: NullableTimestamp;
  waits_for_digest: Generated<boolean>;
}

export interface NotificationHoursTable {
  global_user_id: string;
  time_zone: string | null;
  quiet_from: string | null;
  quiet_to: string | null;
  email_digest: Generated<string>;
}

export interface NotificationSwitchTable {
  global_user_id: string;
  provider: string;
  notification_type: Generated<string>;
  enabled: boolean;
}

export interface PendingSignInTable {
  state_hash: Buffer;
  browser_hash: Buffer;
  provider_id: string;
  session_id: string | null;
  return_to: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  expires_at: Timestamp;
}

export interface PeopleChangeTable {
  id: string;
  operation: string;
  target_type: string;
  target_id: string | null;
  target_name: string;
  input: ColumnType<object | null, object | null | string, object | null | string>;
  password_hash: string | null;
  reasons: string[];
  favours: string[];
  gaining: string[];
  gaining_count: number;
  changes: Json;
  change_count: number;
  fingerprint: string;
  outcome: string;
  state: Generated<string>;
  filed_by: string;
  filed_ip: string | null;
  filed_at: ColumnType<Date, Date | string | undefined, Date | string>;
  expires_at: Timestamp;
  decided_by: string | null;
  decided_at: NullableTimestamp;
  decision_reason: string | null;
}

export interface PersonalAccessTokenTable {
  id: string;
  token_hash: Buffer;
  prefix: string;
  global_user_id: string;
  description: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  expires_at: Timestamp;
  revoked_at: NullableTimestamp;
  last_used_at: NullableTimestamp;
  last_used_ip: string | null;
}

export interface PlatformIdentityTable {
  connection_id: string;
  global_user_id: string;
  external_name: string;
  platform_principal_id: string | null;
  state: string;
  reason: string | null;
  is_manual: Generated<boolean>;
  verified_at: NullableTimestamp;
}

export interface PolicyTable {
  id: string;
  number: GeneratedAlways<number>;
  policy_key: string;
  name: string;
  name_key: string;
  type: string;
  kind: string;
  scope: string;
  domain_id: string | null;
  data_source_id: number | null;
  state: Generated<string>;
  protected: Generated<boolean>;
  version: Generated<number>;
  body: Json;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_by: string | null;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  deleted_at: NullableTimestamp;
  certification_round: Generated<number>;
}

export interface PolicyCertificationTable {
  policy_id: string;
  data_source_id: number;
  round: number;
  policy_version: number;
  label: string;
  text: string;
  signed_by: string;
  signed_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface PolicyMemberTable {
  connection_id: string;
  target_id: string;
  part: number;
  global_user_id: string;
  since: ColumnType<Date, Date | string | undefined, Date | string>;
  verified_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface PolicySourceTable {
  policy_id: string;
  data_source_id: number;
  selected_by: string | null;
  selected_at: NullableTimestamp;
  off_by: string | null;
  off_at: NullableTimestamp;
  off_reason: string | null;
}

export interface PolicyVersionTable {
  policy_id: string;
  version: number;
  change: string;
  name: string;
  kind: string;
  scope: string;
  domain_id: string | null;
  data_source_id: number | null;
  state: string;
  body: Json;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface ProductChangeTable {
  id: GeneratedAlways<number>;
  data_product_id: string;
  beneficiary: string | null;
  pending: number;
  approved: number;
  revoked: number;
  canceled: number;
  denied: number;
  expired: number;
  held: number;
}

export interface ProductCountTable {
  data_product_id: string;
  pending: Generated<number>;
  approved: Generated<number>;
  revoked: Generated<number>;
  canceled: Generated<number>;
  denied: Generated<number>;
  expired: Generated<number>;
  members: Generated<number>;
  median_hours: number | null;
}

export interface ProductDraftTable {
  global_user_id: string;
  id: string;
  product_updated_at: NullableTimestamp;
  name: string;
  content: Json;
  saved_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface ProductHolderTable {
  data_product_id: string;
  beneficiary: string;
  held: number;
}

export interface ProvisioningKeyTable {
  id: GeneratedAlways<number>;
  connection_id: string;
  target_id: string | null;
  global_user_id: string | null;
  cause: string;
  task_id: string | null;
  enqueued_at: ColumnType<Date, Date | string | undefined, Date | string>;
  facet: Generated<string>;
  put_off_at: NullableTimestamp;
}

export interface QueryActivityTable {
  data_object_id: string;
  connection_id: string;
  principal_id: string;
  account: string;
  day: Timestamp;
  calls: number;
  maybe_calls: number;
  first_at: Timestamp;
  last_at: Timestamp;
}

export interface RateCountTable {
  bucket: string;
  window_start: Timestamp;
  count: Generated<number>;
}

export interface ReaderNeedTable {
  connection_id: string;
  formulas: ColumnType<object, object | string | undefined, object | string>;
  attributes: Generated<string[]>;
  groups: Generated<boolean>;
  fields: Generated<string[]>;
}

export interface RecoveryCodeTable {
  code_hash: Buffer;
  global_user_id: string;
}

export interface ReminderTable {
  global_user_id: string;
  day: string;
}

export interface ReminderDayTable {
  time_zone: string;
  day: string;
  reminded_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface ReplicaTable {
  id: string;
  started_at: ColumnType<Date, Date | string | undefined, Date | string>;
  heartbeat_at: ColumnType<Date, Date | string | undefined, Date | string>;
  keys_read_at: NullableTimestamp;
  host: string | null;
  audit_file: string | null;
  audit_file_number: Generated<number>;
  audit_file_at: NullableTimestamp;
  audit_file_failed_at: NullableTimestamp;
  audit_file_failure: string | null;
}

export interface RequestDraftTable {
  global_user_id: string;
  target_id: string;
  type: string;
  content: Json;
  saved_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface RequestFormTable {
  id: string;
  name: string;
  is_standard: Generated<boolean>;
  current_version: string;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_by: string | null;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  deleted_at: NullableTimestamp;
  name_key: string;
}

export interface RequestFormVersionTable {
  version: string;
  request_form_id: string;
  name: string;
  fields: Json;
  policy: Json;
  agreements: ColumnType<object, object | string | undefined, object | string>;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  number: Generated<number>;
}

export interface RequestSnoozeTable {
  global_user_id: string;
  access_request_id: string;
  until: Timestamp;
}

export interface RequestedAssetTable {
  id: string;
  technology: string | null;
  host: string | null;
  port: number | null;
  object_path: string[];
  object_type: string | null;
  description: string | null;
  requested_at: ColumnType<Date, Date | string | undefined, Date | string>;
  registered_at: NullableTimestamp;
  bound_to: string | null;
}

export interface RerouteTable {
  id: string;
  access_request_id: string;
  action_by: string | null;
  reason: string;
  event_before: Json;
  canceled_ids: string[];
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface RestoreTable {
  id: string;
  restored_at: ColumnType<Date, Date | string | undefined, Date | string>;
  backup_taken_at: Timestamp;
  tables: number;
  bytes: number;
}

export interface RestoreFindingTable {
  id: GeneratedAlways<number>;
  restore_id: string;
  connection_id: string | null;
  connection_key: string;
  kind: string;
  container: Generated<string>;
  subject: Generated<string>;
  principal: Generated<string>;
  object: Generated<string>;
  detail: Generated<string>;
}

export interface ReviewerReminderTable {
  access_request_id: string;
  created_at: Timestamp;
  reminded_by: string;
  told: number;
}

export interface SavedViewTable {
  id: string;
  global_user_id: string;
  list: string;
  name: string;
  name_key: string;
  search: string;
  saved_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface ScimAccessTable {
  provider_id: string;
  token_hash: Buffer;
  token_created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  token_last_used_at: NullableTimestamp;
  id_claim: string;
  takes_over_groups: boolean;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  last_refused_at: NullableTimestamp;
  last_refusal: string | null;
}

export interface ScimGroupTable {
  group_id: number;
  provider_id: string;
  external_id: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  left_at: NullableTimestamp;
}

export interface ScimPersonTable {
  global_user_id: string;
  provider_id: string;
  external_id: string | null;
  resource: Json;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  left_at: NullableTimestamp;
}

export interface SecondFactorTable {
  global_user_id: string;
  secret: string;
  begun_at: ColumnType<Date, Date | string | undefined, Date | string>;
  activated_at: NullableTimestamp;
  last_step: number | null;
  wrong_codes: Generated<number>;
  wrong_since: NullableTimestamp;
}

export interface SessionTable {
  token_hash: Buffer;
  id: string;
  global_user_id: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  last_seen_at: ColumnType<Date, Date | string | undefined, Date | string>;
  expires_at: Timestamp;
  ip: string | null;
  user_agent: string | null;
  confirmed_at: ColumnType<Date, Date | string | undefined, Date | string>;
  provider_id: string | null;
  provider_subject: string | null;
  provider_session: string | null;
  sign_out_url: string | null;
}

export interface SettingTable {
  name: string;
  value: Json;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface SignInLinkTable {
  provider_id: string;
  subject: string;
  global_user_id: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  linked_by: string | null;
  last_sign_in_at: NullableTimestamp;
  said: Generated<string[]>;
}

export interface SlackAccountTable {
  global_user_id: string;
  email: string;
  slack_user_id: string | null;
  checked_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface SlackAppTable {
  singleton: Generated<boolean>;
  client_id: string;
  client_secret: string;
  signing_secret: string;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  last_interaction_at: NullableTimestamp;
}

export interface SlackInstallStateTable {
  nonce_hash: Buffer;
  credential_id: string;
  expires_at: Timestamp;
}

export interface SlackInstallationTable {
  singleton: Generated<boolean>;
  team_id: string | null;
  team_name: string | null;
  enterprise_id: string | null;
  enterprise_name: string | null;
  bot_user_id: string;
  bot_token: string;
  installed_at: ColumnType<Date, Date | string | undefined, Date | string>;
  paused_until: NullableTimestamp;
  last_error: string | null;
  last_error_at: NullableTimestamp;
}

export interface SlackMessageTable {
  id: string;
  access_request_id: string;
  global_user_id: string;
  channel: string;
  ts: string;
  link: string;
  digest: string;
  sent_at: ColumnType<Date, Date | string | undefined, Date | string>;
  due_at: NullableTimestamp;
  attempts: Generated<number>;
  leased_until: NullableTimestamp;
}

export interface SourceProtectionTable {
  data_source_id: number;
  connection_id: string;
  state: string;
  reason: string | null;
  view_id: string | null;
  view_schema_id: string | null;
  view_owner_id: string | null;
  view_path: string[] | null;
  body_hash: string | null;
  fingerprint: string | null;
  verdict: ColumnType<object, object | string | undefined, object | string>;
  checked_at: ColumnType<Date, Date | string | undefined, Date | string>;
  description: string | null;
}

export interface StatementIntentTable {
  connection_id: string;
  run_id: string;
  written_at: ColumnType<Date, Date | string | undefined, Date | string>;
  statements: Json;
}

export interface StoaMigrationTable {
  name: string;
  digest: string;
  applied_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface TagTable {
  id: Generated<number>;
  parent_id: number | null;
  name: string;
  source: string;
  description: Generated<string>;
  sensitivity: string | null;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface TagApplicationTable {
  id: GeneratedAlways<number>;
  tag_id: number;
  data_object_id: string;
  column_ordinal: number | null;
  column_name: string | null;
  source: string;
  context: string | null;
  added_by: string | null;
  added_at: ColumnType<Date, Date | string | undefined, Date | string>;
  evidence: ColumnType<object | null, object | null | string, object | null | string>;
  disabled: Generated<boolean>;
  disabled_by: string | null;
  disabled_at: NullableTimestamp;
}

export interface TakeBackTable {
  id: string;
  connection_id: string;
  mode: string;
  path: string[];
  named: ColumnType<object | null, object | null | string, object | null | string>;
  plan_hash: string;
  reason: string;
  losing: Json;
  losing_count: number;
  state: Generated<string>;
  filed_by: string;
  filed_at: ColumnType<Date, Date | string | undefined, Date | string>;
  expires_at: Timestamp;
  decided_by: string | null;
  decided_at: NullableTimestamp;
  decision_reason: string | null;
  ended_at: NullableTimestamp;
}

export interface TakeBackStatementTable {
  take_back_id: string;
  position: number;
  object_id: string;
  grantee_id: string;
  grant_group: Json;
  sql: string;
  runs: string;
  because: string | null;
  people: Json;
  people_count: number;
  losing_count: number;
  state: Generated<string>;
  failure: string | null;
}

export interface TaskTable {
  id: string;
  kind: string;
  connection_id: string | null;
  subject: ColumnType<object, object | string | undefined, object | string>;
  status: Generated<string>;
  done: Generated<number>;
  total: number | null;
  error: string | null;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  started_at: NullableTimestamp;
  finished_at: NullableTimestamp;
}

export interface UnmappedLoginTable {
  connection_id: string;
  role_id: string;
  principal_id: string;
  name: string;
  can_login: boolean | null;
  since: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface UnmappedLookTable {
  connection_id: string;
  looked_at: ColumnType<Date, Date | string | undefined, Date | string>;
  is_cut: boolean;
}

export interface UnmappedWayTable {
  connection_id: string;
  role_id: string;
  object_id: string;
  privilege: string;
  role_name: string;
  since: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface UserGroupTable {
  id: GeneratedAlways<number>;
  iam_id: Generated<string>;
  name: string;
  email: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  name_key: string | null;
}

export interface VerificationFindingTable {
  run_id: string;
  number: number;
  invariant: string;
  direction: string;
  subject: string;
  expected: string;
  found: string;
  place: string;
  since: NullableTimestamp;
  next_step: string;
  request_id: string | null;
  connection_key: string | null;
}

export interface VerificationRunTable {
  id: string;
  task_id: string | null;
  cause: string;
  status: Generated<string>;
  outcome: string | null;
  error: string | null;
  done: Generated<number>;
  total: Generated<number>;
  doing: string | null;
  open_keys: ColumnType<object | null, object | null | string, object | null | string>;
  invariants: ColumnType<object, object | string | undefined, object | string>;
  findings: Generated<number>;
  night: string | null;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  started_at: NullableTimestamp;
  finished_at: NullableTimestamp;
}

export interface WebhookTable {
  id: string;
  url: string;
  description: string | null;
  verify_tls: Generated<boolean>;
  event_types: Generated<string[]>;
  format: Generated<string>;
  include_answers: Generated<boolean>;
  enabled: Generated<boolean>;
  secret: string;
  former_secret: string | null;
  former_until: NullableTimestamp;
  suppressed_at: NullableTimestamp;
  suppressed_why: string | null;
  failing_since: NullableTimestamp;
  last_success_at: NullableTimestamp;
  created_by: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface WebhookAttemptTable {
  id: string;
  delivery_id: string;
  webhook_id: string;
  number: number;
  outcome: string;
  http_status: number;
  message: string;
  request_headers: Json;
  response_headers: ColumnType<object | null, object | null | string, object | null | string>;
  response_body: string | null;
  milliseconds: number;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface WebhookDeliveryTable {
  id: string;
  webhook_id: string;
  message: string;
  event_type: string;
  sequence: number | null;
  subject: string | null;
  state: Generated<string>;
  attempts: Generated<number>;
  scheduled: Generated<number>;
  is_replay: Generated<boolean>;
  due_at: ColumnType<Date, Date | string | undefined, Date | string>;
  claimed_by: string | null;
  claimed_at: NullableTimestamp;
  last_status: number | null;
  last_message: string | null;
  dead_why: string | null;
  delivered_at: NullableTimestamp;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface WebhookMessageTable {
  id: string;
  message_id: string;
  sequence: number | null;
  body: string;
  content_type: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface WebhookRemainsTable {
  webhook_id: string;
}
