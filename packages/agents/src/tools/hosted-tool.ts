/** What some providers carry out by themselves while their model answers. */
export const hostedToolKinds = ['web_search', 'file_search', 'code_interpreter', 'image_generation'] as const
export type HostedToolKind = (typeof hostedToolKinds)[number]

/** A tool that the provider of a model carries out: nobody here sees the call before it is made, so nobody can approve it. */
export type HostedTool =
  | {
      readonly kind: 'web_search'
      /** @default the whole web */
      readonly allowedDomains?: readonly string[]
      /** How much of what is found the model reads. @default 'medium' */
      readonly contextSize?: 'low' | 'medium' | 'high'
    }
  | {
      readonly kind: 'file_search'
      /** At the provider. Everybody who talks to the agent searches them, of whatever tenant. */
      readonly vectorStoreIds: readonly string[]
      /** @default the provider's own */
      readonly maxResults?: number
    }
  | { readonly kind: 'code_interpreter' }
  | {
      readonly kind: 'image_generation'
      readonly size?: '1024x1024' | '1024x1536' | '1536x1024'
      readonly quality?: 'low' | 'medium' | 'high'
      /** @default 'png' */
      readonly format?: 'png' | 'webp' | 'jpeg'
    }

type OptionsOf<K extends HostedToolKind> = Omit<Extract<HostedTool, { readonly kind: K }>, 'kind'>

/** Declares what a provider is to carry out for an agent. A start with a model that cannot is refused. */
export const hostedTool = {
  /** What it finds may be anybody's words. After other tools have returned such words it is not offered: it could carry them out. */
  webSearch: (options: OptionsOf<'web_search'> = {}): HostedTool => ({ kind: 'web_search', ...options }),
  fileSearch: (options: OptionsOf<'file_search'>): HostedTool => ({ kind: 'file_search', ...options }),
  codeInterpreter: (): HostedTool => ({ kind: 'code_interpreter' }),
  /** Pictures become files of the conversation. */
  imageGeneration: (options: OptionsOf<'image_generation'> = {}): HostedTool => ({
    kind: 'image_generation',
    ...options,
  }),
} as const
