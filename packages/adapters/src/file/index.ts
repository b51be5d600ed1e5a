export { fileKeyStore, type FileKeyStoreOptions } from './file-key-store.ts'
