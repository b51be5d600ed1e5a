export { withImportedHashes } from './with-imported-hashes.ts'
