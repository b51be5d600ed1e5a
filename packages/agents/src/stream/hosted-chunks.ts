import type { HostedCall } from '../tools/hosted-call.ts'
import type { MessageChunk } from './message-chunk.ts'

/** A call that a provider has carried out, as a call of a tool that is over, and the picture that came of it. */
export function hostedChunks({ kind, callId, input, status, image }: HostedCall): readonly MessageChunk[] {
  const call = { toolCallId: callId, dynamic: true } as const
  return [
    { type: 'tool-input-available', ...call, toolName: kind, input },
    { type: 'tool-output-available', ...call, output: { status } },
    ...(image
      ? [
          {
            type: 'file' as const,
            url: `/api/v1/files/${image.fileId}/content`,
            mediaType: image.contentType,
          },
        ]
      : []),
  ]
}
