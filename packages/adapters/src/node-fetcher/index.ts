export { nodeFetcher, type NodeFetcherOptions } from './node-fetcher.ts'
export { streamingFetch, type StreamingFetchOptions } from './streaming-fetch.ts'
