import { defineErrors } from '@corbel/core'

export const ModelErrors = defineErrors('models', {
  notConfigured: {
    status: 409,
    title: 'There is no key with which this provider of models may be asked.',
    fix: 'Set and activate one with POST /api/v1/settings, or allow the use of the keys of the platform with PUT /api/v1/settings/policy.',
  },
  refused: {
    status: 422,
    title: 'The provider of models refuses the key.',
    fix: 'Set a key that is valid and allowed to use models, with PUT /api/v1/settings/{id}.',
  },
  unavailable: {
    status: 503,
    title: 'The provider of models gives no answer that makes sense.',
    fix: 'Check the baseUrl of the setting, then try again later.',
  },
})
