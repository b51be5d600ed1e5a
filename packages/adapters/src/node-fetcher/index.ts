export { nodeFetcher, type NodeFetcherOptions } from './node-fetcher.ts'
