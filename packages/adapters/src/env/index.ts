export { envSecretStore, type EnvSecretStoreOptions } from './env-secret-store.ts'
