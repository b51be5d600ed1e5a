import { NewComponent } from '@corbel/core/status'
import type { HostStack } from '../stack.ts'

/** What there is to see at once: a component on the status page. People are seeded by their addresses. */
export async function seed({ status: { components } }: HostStack): Promise<readonly string[]> {
  if ((await components.list()).data.length > 0) return []
  const { name } = await components.create(
    NewComponent.parse({ kind: 'component', name: 'API', check: { kind: 'readiness' } }),
  )
  return [`component ${name} of the status page`]
}
