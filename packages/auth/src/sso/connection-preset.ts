import * as z from 'zod'

export const ConnectionPreset = z.enum(['google', 'microsoft', 'okta', 'auth0', 'custom'])
export type ConnectionPreset = z.infer<typeof ConnectionPreset>

interface Preset {
  /** Where it is the same for everybody. */
  readonly issuer?: string
  accepts(issuer: string): boolean
}

const matching = (form: RegExp): Preset => ({ accepts: (issuer) => form.test(issuer) })

/** Where the issuers of well-known providers are; whatever has a domain of its own is `custom`. */
export const presets: Readonly<Record<ConnectionPreset, Preset>> = {
  google: { issuer: 'https://accounts.google.com', ...matching(/^https:\/\/accounts\.google\.com$/) },
  // Of one directory. The one for all (`common`) names an issuer that varies with the account, and anybody can have an account.
  microsoft: matching(
    /^https:\/\/login\.microsoftonline\.com\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/v2\.0$/,
  ),
  okta: matching(/^https:\/\/[a-z0-9-]+\.(?:okta|oktapreview|okta-emea)\.com(?:\/oauth2\/[\w-]+)?$/),
  auth0: matching(/^https:\/\/[a-z0-9-]+(?:\.[a-z]{2})?\.auth0\.com\/$/),
  custom: matching(/^https?:\/\/./),
}
