export { filesystemObjectStore, type FilesystemObjectStoreOptions } from './filesystem-object-store.ts'
