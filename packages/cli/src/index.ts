export {
  type CorbelConfig,
  type DatabaseTools,
  defineConfig,
  type Migrations,
  type OpenedStack,
  type OperatorTools,
  type PortReport,
  type RedisReport,
  type RedisTools,
  type SigningKeyStanding,
  type SigningKeyTools,
  type StackDescription,
} from './config.ts'
