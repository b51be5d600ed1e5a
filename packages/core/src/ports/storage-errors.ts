import { defineErrors } from '../kernel/errors.ts'

export const StorageErrors = defineErrors('storage', {
  unavailable: {
    status: 503,
    title: 'The database does not answer.',
    fix: 'Repeat the request in a moment.',
  },
})
