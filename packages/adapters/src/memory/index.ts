export {
  type MemoryRepositories,
  type MemoryStorage,
  memoryStorage,
  type MemoryStorageOptions,
} from './memory-storage.ts'
