import { defineErrors } from '@corbel/core'

export const ProviderSettingErrors = defineErrors('provider-settings', {
  notFound: {
    status: 404,
    title: 'There is no such provider setting.',
    fix: 'List them with GET /api/v1/settings. A setting of another tenant answers the same.',
  },
  duplicate: {
    status: 409,
    title: 'The tenant has settings for this provider already.',
    fix: 'Change them with PUT /api/v1/settings/{id}.',
  },
  changed: {
    status: 409,
    title: 'The setting was changed at the same moment.',
    fix: 'Read it again and repeat your change.',
  },
  plainAddress: {
    status: 422,
    title: 'The address starts with http://, so the key and everything said would travel in the clear.',
    fix: 'Give an https:// address.',
  },
  addressNeeded: {
    status: 422,
    title: 'The provider has no address of its own.',
    fix: 'Give the baseUrl of the server that speaks the API of OpenAI.',
  },
})
