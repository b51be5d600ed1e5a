import { defineErrors } from '../kernel/errors.ts'

export const TenantErrors = defineErrors('tenant', {
  notFound: {
    status: 404,
    title: 'There is no such tenant.',
    fix: 'Check the id. A tenant that you do not belong to answers the same.',
  },
  slugTaken: {
    status: 409,
    title: 'A tenant with this slug exists.',
    fix: 'Choose another slug.',
  },
  alreadyMember: {
    status: 409,
    title: 'The user is already a member of this tenant.',
    fix: 'Change the role of the membership instead of adding it again.',
  },
  settingsStale: {
    status: 412,
    title: 'The settings were changed since you read them.',
    fix: 'Read them again, apply your change to what you find, and send its ETag in If-Match.',
  },
})
