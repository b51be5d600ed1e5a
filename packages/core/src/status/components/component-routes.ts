import { implement, type Route } from '../../http/implement.ts'
import { componentContract } from './component-contract.ts'
import type { ComponentService } from './component-service.ts'

export const componentRoutes = (components: ComponentService): readonly Route[] =>
  implement(componentContract, {
    list: () => components.list(),
    create: ({ body, client }) => components.create(body, client),
    update: ({ params, body, client }) => components.update(params.id, body, client),
    remove: ({ params, client }) => components.remove(params.id, client),
  })
