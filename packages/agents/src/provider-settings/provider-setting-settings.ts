import { choice, defineSettings } from '@corbel/core'

export const ProviderSettingSettings = defineSettings({
  platformKey: {
    env: 'AGENT_PLATFORM_KEY',
    section: 'agents',
    summary:
      'Whether agents of tenants that have not decided may use the keys of the platform: allowed or refused',
    schema: choice(['allowed', 'refused']),
    default: { local: 'allowed', staging: 'refused', production: 'refused' },
  },
})
