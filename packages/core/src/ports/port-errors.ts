import { defineErrors } from '../kernel/errors.ts'

/** What any port may throw when the thing behind it fails; the reason is the error's `cause`, for the log only. */
export const PortErrors = defineErrors('port', {
  unavailable: {
    status: 503,
    title: 'A service that this needs does not answer.',
    fix: 'Wait as many seconds as Retry-After says, then try again. If it lasts, /health/ready names the service.',
  },
})
