export { pgliteDialect } from './pglite-dialect.ts'
