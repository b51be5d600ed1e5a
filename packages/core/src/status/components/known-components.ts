import type { Id } from '../../kernel/id.ts'
import type { ComponentRepository } from '../ports/component-repository.ts'
import { StatusErrors } from '../status-errors.ts'

/** @throws `status/unknown-component` unless all of them are components and no groups. */
export async function checkComponents(
  components: ComponentRepository,
  named: readonly { readonly componentId: Id<'cmp'> }[],
): Promise<void> {
  if (named.length === 0) return
  const known = new Set(
    (await components.list()).filter(({ kind }) => kind === 'component').map(({ id }) => id),
  )
  if (named.some(({ componentId }) => !known.has(componentId))) throw StatusErrors.unknownComponent()
}
