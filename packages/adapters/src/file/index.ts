export { fileKeyStore, type FileKeyStoreOptions } from './file-key-store.ts'
export { fileSecretStore, type FileSecretStoreOptions } from './file-secret-store.ts'
