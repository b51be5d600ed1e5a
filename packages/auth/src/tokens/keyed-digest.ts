export { KeyedDigest } from '@corbel/core'
