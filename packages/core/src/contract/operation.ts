import type { Contract, Endpoint } from './contract.ts'

/** An endpoint with its place in the API; every route is one. */
export interface Operation {
  readonly tag: string
  readonly name: string
  readonly endpoint: Endpoint
  /** Absolute, with `{placeholders}`. */
  readonly path: string
}

/** The operations of contracts that nothing implements here, for documents and clients. */
export const operationsOf = (...contracts: readonly Contract[]): readonly Operation[] =>
  contracts.flatMap(({ tag, prefix, endpoints }) =>
    Object.entries(endpoints).map(([name, endpoint]) => ({
      tag,
      name,
      endpoint,
      path: prefix + endpoint.path || '/',
    })),
  )
