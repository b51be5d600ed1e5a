import { addRoute, createRouter as createTree, findRoute, routeNodeKeys } from 'rou3'
import type { Method } from '../contract/contract.ts'
import type { Route } from './implement.ts'

export interface Match<T> {
  readonly value: T
  /** Percent-encoded, as in the path. */
  readonly params: Readonly<Record<string, string>> | undefined
}

export interface Router<T> {
  /** HEAD is served by what serves GET. */
  find(method: string, path: string): Match<T> | undefined
  /** Methods of the path for `Allow`; empty when there is nothing there. */
  allowed(path: string): readonly string[]
}

const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

const nameOf = ({ tag, name, endpoint, path }: Route): string => `${tag}.${name} (${endpoint.method} ${path})`

/**
 * Builds the routing tree once. Matching is case-sensitive.
 *
 * @throws Error at boot when two routes would answer the same request or have the same name.
 */
export function createRouter<R extends { readonly route: Route }>(entries: readonly R[]): Router<R> {
  const tree = createTree<R>()
  const taken = new Map<string, Route>()
  const named = new Map<string, Route>()
  for (const entry of entries) {
    const { route } = entry
    const pattern = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    const key = `${route.endpoint.method} ${routeNodeKeys(pattern).join()}`
    const other = taken.get(key)
    if (other) {
      throw new Error(
        `${nameOf(route)} and ${nameOf(other)} answer the same requests. Change the path of one of them.`,
      )
    }
    taken.set(key, route)
    const namesake = named.get(`${route.tag}.${route.name}`)
    if (namesake)
      throw new Error(`${nameOf(route)} and ${nameOf(namesake)} have the same name. Rename one of them.`)
    named.set(`${route.tag}.${route.name}`, route)
    addRoute(tree, route.endpoint.method, pattern, entry)
  }
  const find = (method: string, path: string): Match<R> | undefined => {
    const match = findRoute(tree, method === 'HEAD' ? 'GET' : method, path)
    return match && { value: match.data, params: match.params }
  }
  return {
    find,
    allowed(path) {
      const found: string[] = methods.filter((method) => find(method, path))
      if (found.length === 0) return []
      return [...(found.includes('GET') ? ['HEAD'] : []), ...found, 'OPTIONS']
    },
  }
}
