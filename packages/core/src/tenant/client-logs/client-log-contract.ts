import { webhook } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { empty, raw } from '../../contract/media.ts'
import { TenantErrors } from '../tenant-errors.ts'

export const clientLogContract = defineContract('logs', '/api/v1/logs', {
  write: {
    method: 'POST',
    path: '',
    access: webhook,
    summary: 'Log a line of a front end',
    description:
      'Takes {"level","message","fields"} of at most 16,384 bytes: a level of debug, info, warn or error and at most 32 flat fields. Sign the body with FRONTEND_LOG_SECRET, x-log-signature: sha256=<HMAC in hex>, or send the secret as Bearer from a server of yours; never from a browser.',
    body: raw('application/json'),
    success: empty(202),
    errors: [TenantErrors.logsClosed, TenantErrors.logSignatureInvalid, TenantErrors.invalidLog],
    rateLimit: { name: 'logs', by: 'ip', limit: 600, window: '1m' },
  },
})
