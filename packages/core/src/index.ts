// Kernel
export { type Clock, epochSeconds, systemClock } from './kernel/clock.ts'
export { addMilliseconds, after, before, type Duration, milliseconds, seconds } from './kernel/duration.ts'
export {
  defineErrors,
  DomainError,
  type ErrorCatalog,
  type ErrorDetails,
  type ErrorFactory,
  type ErrorSpec,
  type ErrorStatus,
  type FieldError,
  type QuotaLimit,
} from './kernel/errors.ts'
export { type Id, idSchema, newId } from './kernel/id.ts'
export { KeyedDigest } from './kernel/keyed-digest.ts'
export { type ManualClock, manualClock } from './kernel/manual-clock.ts'
export {
  type Page,
  PageErrors,
  pageOf,
  PageQuery,
  type PageRequest,
  toPage,
  toPageRequest,
} from './kernel/page.ts'
export { hostOrigin, ipPrefixOf, type MaskedClient, maskedClientOf, type Origin } from './kernel/origin.ts'
export { Secret } from './kernel/secret.ts'
export { email, isCleanText, secretText, text, type TextLimits } from './kernel/text.ts'
export type { Transaction } from './kernel/transaction.ts'

// Contract
export {
  type Access,
  anyone,
  type Assurance,
  type AssuranceLevel,
  fresh,
  inPerson,
  operator,
  type OperatorAccess,
  type PublicAccess,
  scope,
  type ScopeAccess,
  user,
  type UserAccess,
  webhook,
  type WebhookAccess,
} from './contract/access.ts'
export { docsPage } from './contract/docs-page.ts'
export { docsPolicy } from './contract/docs-style.ts'
export { type ApiDescription, type OpenApiDocument, toOpenApi } from './contract/openapi.ts'
export { type Operation, operationsOf } from './contract/operation.ts'
export {
  type Contract,
  type DeclaredLimit,
  defineContract,
  type Endpoint,
  type Endpoints,
  type Method,
  type RateLimit,
  rateLimitsOf,
  type StreamLimit,
} from './contract/contract.ts'
export { Html, markup } from './contract/html.ts'
export type { SessionTokens, SessionUse } from './contract/session-use.ts'
export {
  accepted,
  type CacheRule,
  type Content,
  content,
  type ContentReply,
  created,
  empty,
  type EmptyReply,
  eventStream,
  type EventStreamReply,
  form,
  type FormBody,
  json,
  type JsonBody,
  type JsonReply,
  ok,
  raw,
  upload,
  type RawBody,
  redirect,
  type RedirectReply,
  type Reply,
  type RequestBody,
  type ServerSentEvent,
} from './contract/media.ts'

// HTTP
export { ipBucket } from './http/client-ip.ts'
export {
  Alternative,
  alternative,
  Dated,
  dated,
  type BodyOf,
  type Call,
  type Client,
  type Handlers,
  implement,
  type ReplyOf,
  type Route,
} from './http/implement.ts'
export { createClient, type ClientOptions } from './http/client.ts'
export type { ApiClient, EventSubscription, SessionMode } from './http/client-types.ts'
export type { CorsOptions } from './http/cors.ts'
export { createFetchHandler } from './http/fetch-handler.ts'
export type {
  Answered,
  Connection,
  DirectHandler,
  FetchHandler,
  Denial,
  FetchHandlerOptions,
  ResponseConstructor,
} from './http/fetch-handler-options.ts'
export type { Gate, GateCall } from './http/gate.ts'
export type { HttpApi, RequestHandler } from './http/http-api.ts'
export { HttpErrors } from './http/http-errors.ts'
export type { HttpRequest, IncomingRequest, RequestHeaders } from './http/http-request.ts'
export type { Authenticate, Principal, ServicePrincipal, UserPrincipal } from './http/principal.ts'
export type { Problem } from './http/problem.ts'
export { ProblemError } from './http/problem-error.ts'
export { RequestContext } from './http/request-context.ts'

// Modules
export {
  defineEvents,
  type EventCatalog,
  type EventFactory,
  type EventHandler,
  type EventSpec,
  type ActivityRule,
  type AuditRule,
  on,
} from './module/define-events.ts'
export {
  type CronJobSpec,
  defineJobs,
  type IntervalJobSpec,
  type JobCatalog,
  type JobDefinition,
  type JobHandler,
  type JobSpec,
  type QueuedJobSpec,
  type RunningJob,
  work,
} from './module/define-jobs.ts'
export type { Delivery, DeliveryRoute } from './module/delivery-route.ts'
export { defineMetrics, type MetricCatalog } from './module/define-metrics.ts'
export {
  definePermissions,
  type Permission,
  type PermissionCatalog,
  type PermissionRole,
} from './module/define-permissions.ts'
export {
  defineSettings,
  type Setting,
  type SettingsCatalog,
  type SettingsOf,
  type SettingsSection,
} from './module/define-settings.ts'
export { createStack } from './module/create-stack.ts'
export { Readiness } from './module/health.ts'
export {
  defineMail,
  type MailBrand,
  type MailContent,
  type MailPart,
  type MailPreview,
  type MailSpec,
  type MailTemplate,
} from './module/mail-template.ts'
export { StartFailed, type StepReport } from './module/lifecycle.ts'
export {
  defineModule,
  type Module,
  type ModuleCatalogs,
  type ModuleContext,
  type Platform,
  type TransactionScope,
} from './module/module.ts'
export type { PersonalData, PersonalDataContributor } from './module/personal-data.ts'
export type { UsageContributor, UsageFigure, UsageSpan } from './module/tenant-usage.ts'
export { plainMail } from './module/plain-mail.ts'
export { type Profile, profiles } from './module/profile.ts'
export type {
  AnyModule,
  MissingModule,
  RepositoriesOf,
  ServicesOf,
  Stack,
  StackBase,
  StackOptions,
  StartOptions,
} from './module/stack-types.ts'

// Settings
export { CoreSettings } from './module/core-settings.ts'
export {
  choice,
  duration,
  flag,
  integer,
  type IntegerRange,
  jsonOrPairs,
  line,
  list,
  listOf,
  network,
  opaque,
  origin,
  type SettingType,
  url,
} from './module/setting-types.ts'
export {
  fromEnv,
  inspectSettings,
  type InspectedSettings,
  type LoadedSettings,
  type LoadOptions,
  loadSettings,
  type SettingsCatalogs,
  SettingsError,
} from './module/settings-loader.ts'
export { limitResolver } from './module/settings-limit.ts'
export type { SettingsSource } from './module/settings-reader.ts'
export type { SharedPortName, SharedPorts } from './module/shared-ports.ts'
export { standInProblems } from './module/stand-ins.ts'
export { refuseStart, type StartProblem, StartRefused } from './module/start-report.ts'
export { plainHttp, plainPostgres, plainRedis } from './module/transport.ts'
