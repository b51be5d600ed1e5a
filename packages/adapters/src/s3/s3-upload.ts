import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { S3Call } from './s3-call.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface UploadTarget {
  readonly Bucket: string
  readonly Key: string
  readonly ContentType: string
  readonly IfNoneMatch?: '*'
}

export interface PartUpload {
  readonly size: number
  readonly ETag: string | undefined
}

/** The body in pieces of exactly `partBytes`, and a last one that is shorter and may be empty. */
export async function* inParts(
  body: Bytes | ReadableStream<Bytes>,
  partBytes: number,
): AsyncGenerator<Bytes, void, undefined> {
  let part = new Uint8Array(partBytes)
  let filled = 0
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    for (let at = 0; at < chunk.byteLength;) {
      const taken = chunk.subarray(at, at + partBytes - filled)
      part.set(taken, filled)
      filled += taken.byteLength
      at += taken.byteLength
      if (filled < partBytes) continue
      yield part
      part = new Uint8Array(partBytes)
      filled = 0
    }
  }
  yield part.slice(0, filled)
}

/** Sends a long object in parts; it appears whole when the last call succeeds, and no part stays behind when one fails. */
export async function uploadParts(
  client: S3Client,
  call: S3Call,
  { IfNoneMatch, ContentType, ...place }: UploadTarget,
  first: Bytes,
  rest: AsyncIterable<Bytes>,
): Promise<PartUpload> {
  const { UploadId } = await call((options) =>
    client.send(new CreateMultipartUploadCommand({ ...place, ContentType }), options),
  )
  const upload = { ...place, UploadId }
  const Parts: { readonly ETag: string | undefined; readonly PartNumber: number }[] = []
  let size = 0
  const send = async (Body: Bytes): Promise<void> => {
    const PartNumber = Parts.length + 1
    const { ETag } = await call((options) =>
      client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), options),
    )
    Parts.push({ ETag, PartNumber })
    size += Body.byteLength
  }
  try {
    await send(first)
    for await (const part of rest) if (part.byteLength > 0) await send(part)
    const complete = new CompleteMultipartUploadCommand({
      ...upload,
      MultipartUpload: { Parts },
      ...(IfNoneMatch && { IfNoneMatch }),
    })
    const completed = await call((options) => client.send(complete, options))
    return { size, ETag: completed.ETag }
  } catch (error) {
    // What is told is why the upload failed; parts that stay even so are the bucket's rule to remove.
    await call((options) => client.send(new AbortMultipartUploadCommand(upload), options)).catch(() => {})
    throw error
  }
}
