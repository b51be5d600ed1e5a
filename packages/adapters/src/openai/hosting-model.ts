import type { HostedTool, HostedToolKind } from '@corbel/agents/ports'
import {
  codeInterpreterTool,
  fileSearchTool,
  imageGenerationTool,
  OpenAIResponsesModel,
  webSearchTool,
} from '@openai/agents-openai'

type Request = Parameters<OpenAIResponsesModel['getStreamedResponse']>[0]
type SerializedTool = Request['tools'][number]

/** What OpenAI carries out for a model that is asked by the Responses API. */
export const hostedKinds: readonly HostedToolKind[] = [
  'web_search',
  'file_search',
  'code_interpreter',
  'image_generation',
]

/** A model of the Responses API, which has the hosted tools that agents declare. */
export class HostingModel extends OpenAIResponsesModel {
  override getStreamedResponse(request: Request): ReturnType<OpenAIResponsesModel['getStreamedResponse']> {
    return super.getStreamedResponse({ ...request, tools: request.tools.map(toOwn) })
  }
}

function toOwn(tool: SerializedTool): SerializedTool {
  if (tool.type !== 'hosted_tool') return tool
  const declared = tool.providerData as HostedTool
  switch (declared.kind) {
    case 'web_search':
      return webSearchTool({
        ...(declared.contextSize && { searchContextSize: declared.contextSize }),
        ...(declared.allowedDomains && { filters: { allowedDomains: [...declared.allowedDomains] } }),
      })
    case 'file_search':
      return fileSearchTool([...declared.vectorStoreIds], {
        ...(declared.maxResults !== undefined && { maxNumResults: declared.maxResults }),
      })
    case 'code_interpreter':
      return codeInterpreterTool()
    case 'image_generation':
      return imageGenerationTool({
        ...(declared.size && { size: declared.size }),
        ...(declared.quality && { quality: declared.quality }),
        ...(declared.format && { outputFormat: declared.format }),
      })
  }
}
