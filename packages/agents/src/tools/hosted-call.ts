import { Attachment } from '../files/attachment.ts'
import type { ItemContent } from '../ports/conversation-items.ts'
import { type HostedToolKind, hostedToolKinds } from './hosted-tool.ts'

type HostedItem = Extract<ItemContent, { readonly type: 'hosted_tool_call' }>
type Fields = Readonly<Record<string, unknown>>

/** A call that a provider has carried out, as people may see it. */
export interface HostedCall {
  readonly kind: HostedToolKind
  readonly callId: string
  /** What was asked: words, addresses, code. */
  readonly input: Fields
  readonly status: string
  /** The picture that came of it. */
  readonly image: Attachment | null
}

const longestText = 4000

/** Null for what is none, or one of a kind that nobody declares. */
export function hostedCallIn(item: ItemContent): HostedCall | null {
  if (item.type !== 'hosted_tool_call') return null
  const kind = hostedToolKinds.find((each) => item.name === `${each}_call`)
  if (kind === undefined) return null
  const fields = (item.providerData ?? {}) as Fields
  const { data: image = null } = Attachment.safeParse(fields['image'])
  return { kind, callId: item.id ?? kind, input: inputOf(fields), status: item.status ?? 'completed', image }
}

/** Nothing but what is named here: the rest is the provider's own. */
function inputOf(fields: Fields): Fields {
  const action = (fields['action'] ?? {}) as Fields
  const told = {
    query: action['query'],
    url: action['url'],
    queries: fields['queries'],
    code: fields['code'],
  }
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, value]): readonly (readonly [string, unknown])[] =>
      typeof value === 'string'
        ? [[name, value.slice(0, longestText)]]
        : Array.isArray(value)
          ? [[name, value.filter((each) => typeof each === 'string').slice(0, 20)]]
          : [],
    ),
  )
}

/** The bytes of a picture, as the provider sent it in base64; null when the item has none. */
export function pictureIn(item: ItemContent): Uint8Array<ArrayBuffer> | null {
  if (hostedCallIn(item)?.kind !== 'image_generation') return null
  const { output } = item as HostedItem
  if (typeof output !== 'string' || output === '') return null
  try {
    return Uint8Array.from(atob(output), (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}

/** The item with the file that its picture has become, or why it has become none; the bytes are not kept twice. */
export function withImage(item: ItemContent, image: Attachment | null): ItemContent {
  const { output: _, ...rest } = item as HostedItem
  return { ...rest, providerData: { type: 'image_generation_call', image } }
}

/**
 * What a model is told of calls that a provider has carried out: those of this turn, when its provider can read them, and of pictures a
 * note.
 */
export function tellHostedCalls(
  items: readonly ItemContent[],
  readable: ReadonlySet<HostedToolKind>,
): readonly ItemContent[] {
  if (items.every(({ type }) => type !== 'hosted_tool_call')) return items
  const turn = items.findLastIndex((item) => 'role' in item && item.role === 'user')
  return items.flatMap((item, index): readonly ItemContent[] => {
    const call = hostedCallIn(item)
    if (call === null) return item.type === 'hosted_tool_call' ? [] : [item]
    if (call.kind === 'image_generation') return [noteOf(call)]
    return index > turn && readable.has(call.kind) ? [item] : []
  })
}

const noteOf = ({ image }: HostedCall): ItemContent => ({
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [
    { type: 'output_text', text: image ? `[The picture ${image.name} was made.]` : '[No picture was made.]' },
  ],
})
