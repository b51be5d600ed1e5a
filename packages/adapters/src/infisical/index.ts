export { infisicalSecretStore, type InfisicalSecretStoreOptions } from './infisical-secret-store.ts'
