import { implement, type Route } from '../../http/implement.ts'
import { clientLogContract } from './client-log-contract.ts'
import type { ClientLogService } from './client-log-service.ts'

export const clientLogRoutes = (logs: ClientLogService): readonly Route[] =>
  implement(clientLogContract, {
    write: ({ body, request }) =>
      logs.write(body, {
        signature: request.headers.get('x-log-signature'),
        authorization: request.headers.get('authorization'),
      }),
  })
