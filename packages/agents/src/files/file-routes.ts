import { implement, type Route } from '@corbel/core'
import { fileContract } from './file-contract.ts'
import type { FileService } from './file-service.ts'

export const fileRoutes = (files: FileService): readonly Route[] =>
  implement(fileContract, {
    upload: ({ principal, query, body, request, client }) =>
      files.upload(principal, { ...query, contentType: request.headers.get('content-type') }, body, client),
    list: ({ principal, query }) => files.list(principal, query),
    get: ({ principal, params }) => files.get(principal, params.id),
    content: ({ principal, params }) => files.content(principal, params.id),
    url: ({ principal, params, query }) => files.link(principal, params.id, query.expiresIn),
    download: ({ params, query }) => files.download(params.id, query.token),
    remove: ({ principal, params, client }) => files.remove(principal, params.id, client),
  })
