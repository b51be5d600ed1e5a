// What only Node has.

/** A light `Response` for `createStack({ Response: FastResponse })`: it saves about 15 µs of CPU per request on Node. */
export { FastResponse } from 'srvx/node'

export {
  type NodeHandler,
  type NodeHandlerOptions,
  type NodeMountable,
  toNodeHandler,
} from './http/node-handler.node.ts'
