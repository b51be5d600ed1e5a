import { type Fetcher, FetcherErrors } from '../ports/fetcher.ts'

/** Stands where no fetcher was given: the core has no network of its own. */
export const noFetcher = (): Fetcher => ({
  adapter: {
    name: 'none',
    standIn: { setting: 'fetcher', fix: 'Give createStack a fetcher, such as nodeFetcher().' },
  },
  fetch: () =>
    Promise.reject(
      FetcherErrors.unreachable({
        detail: 'This stack has no fetcher. Give createStack one, such as nodeFetcher().',
      }),
    ),
})
