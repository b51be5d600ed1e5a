import { idSchema, isCleanText, secretText } from '@corbel/core'
import * as z from 'zod'

/** `openai-compatible` is any address that speaks the API of OpenAI. */
export const ModelProvider = z.enum(['openai', 'openai-compatible', 'anthropic', 'gemini'])
export type ModelProvider = z.infer<typeof ModelProvider>

export const ProviderSetting = z.object({
  id: idSchema('pst'),
  provider: ModelProvider,
  /** Null for the provider's own. */
  baseUrl: z.string().nullable(),
  /** The last four characters of the key, which is not shown. */
  keyHint: z.string(),
  active: z.boolean(),
  /** When the key was last tried; null since it was changed. */
  testedAt: z.iso.datetime().nullable(),
  testPassed: z.boolean().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type ProviderSetting = z.infer<typeof ProviderSetting>

/** How a key did when it was tried. */
export const ProviderTest = z.object({
  passed: z.boolean(),
  problem: z
    .string()
    .nullable()
    .describe(
      'Why it did not pass: `models/refused` is about the key, `models/unavailable` about the address.',
    ),
  testedAt: z.iso.datetime(),
})
export type ProviderTest = z.infer<typeof ProviderTest>

// A header value: what a key may consist of without changing the request around it.
const apiKey = secretText({ min: 10, max: 500 }).refine(
  (value) => /^[\x21-\x7e]+$/.test(value),
  'must be visible ASCII without blanks',
)

const isBaseUrl = (value: string): boolean => {
  const url = URL.canParse(value) && isCleanText(value) ? new URL(value) : null
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    `${url.username}${url.password}${url.search}${url.hash}` === ''
  )
}

const baseUrl = z
  .string()
  .max(500)
  .refine(isBaseUrl, 'must be an http or https address without user, query and fragment')

const needsAddress = 'an openai-compatible provider needs a baseUrl'

export const NewProviderSetting = z
  .strictObject({
    provider: ModelProvider,
    apiKey,
    baseUrl: baseUrl.nullable().default(null),
    active: z.boolean().default(true),
  })
  .refine((setting) => setting.provider !== 'openai-compatible' || setting.baseUrl !== null, {
    path: ['baseUrl'],
    message: needsAddress,
  })
export type NewProviderSetting = z.infer<typeof NewProviderSetting>

export const ProviderSettingChange = z.strictObject({
  apiKey: apiKey.optional(),
  baseUrl: baseUrl.nullable().optional(),
  active: z.boolean().optional(),
})
export type ProviderSettingChange = z.infer<typeof ProviderSettingChange>

/** Whether agents of the tenant may use the platform's keys where it has none of its own. Null: as the platform has it. */
export const ProviderPolicy = z.strictObject({ platformKey: z.boolean().nullable() })
export type ProviderPolicy = z.infer<typeof ProviderPolicy>
