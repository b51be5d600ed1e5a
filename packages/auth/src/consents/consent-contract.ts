import { defineContract, json, ok, user } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { ConsentOverview, GiveConsent } from './consent.ts'

export const consentContract = defineContract('consents', '/api/v1/users/consents', {
  list: {
    method: 'GET',
    path: '',
    access: user(),
    summary: 'Show what you accepted, and what there is to accept',
    success: ok(ConsentOverview),
  },
  give: {
    method: 'POST',
    path: '',
    access: user(),
    summary: 'Accept the present version of a policy',
    description: 'Once more changes nothing: the ledger keeps when and from where it was accepted first.',
    body: json(GiveConsent),
    success: ok(ConsentOverview),
    errors: [AuthErrors.outdatedPolicy],
  },
})
