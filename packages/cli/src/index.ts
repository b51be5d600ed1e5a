export {
  type CorbelConfig,
  type DatabaseTools,
  defineConfig,
  type EvidenceCheck,
  type Migrations,
  type OpenedStack,
  type PortReport,
  type RedisTools,
  type SigningKeyStanding,
  type SigningKeyTools,
  type StackDescription,
} from './config.ts'
export type {
  CatalogChange,
  Difference,
  InboxEvent,
  InboxSelection,
  ListPage,
  PageWish,
  PaymentTools,
  ReconcileOutcome,
  ReplayOutcome,
} from './tools/payment-tools.ts'
export type {
  ConnectionTools,
  CredentialTools,
  CredentialWish,
  OperatorTools,
  ShownConnection,
  UserSeed,
  UserTools,
} from './tools/people-tools.ts'
export type { ProviderReport } from './tools/provider-tools.ts'
export type { DeliveryTools, ShownDelivery } from './tools/delivery-tools.ts'
export type { ShownIncident, ShownSubscription, StatusTools } from './tools/status-tools.ts'
export type { Overrides, UsageRow, UsageTools } from './tools/usage-tools.ts'
export type { DatabaseReport, RedisReport } from './tools/server-reports.ts'
