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
  type SigningKeyTools,
  type StackDescription,
} from './config.ts'
