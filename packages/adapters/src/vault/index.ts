export { tlsFetch, type TlsFetchOptions, type VaultFetch } from './tls-fetch.ts'
export {
  appRole,
  type AppRoleOptions,
  certificateAuth,
  type CertificateAuthOptions,
  jwtAuth,
  type JwtAuthOptions,
  type VaultAuth,
  vaultToken,
} from './vault-auth.ts'
export { VaultClient, type VaultClientOptions, VaultError } from './vault-client.ts'
export { vaultKeyStore, type VaultKeyStoreOptions } from './vault-key-store.ts'
export { vaultKeyVault, type VaultKeyVaultOptions } from './vault-transit.ts'
export { vaultSecretStore, type VaultSecretStoreOptions } from './vault-secret-store.ts'
