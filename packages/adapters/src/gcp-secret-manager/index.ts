export { type GcpAuth, gcpMetadata, gcpServiceAccount, type GcpServiceAccountKey } from './gcp-auth.ts'
export { gcpSecretStore, type GcpSecretStoreOptions } from './gcp-secret-store.ts'
