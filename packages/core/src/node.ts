// What only Node has.

export { type NodeHandler, type NodeHandlerOptions, type NodeMountable, toNodeHandler } from './http/node-handler.node.ts'
