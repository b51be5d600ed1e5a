import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import {
  attachment,
  checkContentType,
  checkKey,
  checkPrefix,
  type ObjectInfo,
  type ObjectStore,
  ObjectStoreErrors,
  PortErrors,
} from '@corbel/core/ports'
import { s3Calls, statusOf } from './s3-call.ts'
import { inParts, type PartUpload, uploadParts } from './s3-upload.ts'

export interface S3ObjectStoreOptions {
  /** Of S3 or of a service that speaks its API, with conditional writes. */
  readonly client: S3Client
  /** Must exist. Use it for nothing else: keys that the port does not know are listed too. */
  readonly bucket: string
  /** Milliseconds for each request; a long object is sent in parts of 8 MiB. @default 30000 */
  readonly timeoutMs?: number
}

// Amazon S3 asks for at least 5 MiB and takes 10,000 parts, so an object has at most 80 GiB.
const partBytes = 8_388_608

// Another conditional write of this key was under way; whether that one succeeds, S3 does not say.
const conflict = 'ConditionalRequestConflict'
const conflictAttempts = 5

/**
 * Objects in a bucket. A body of up to 8 MiB is one request; a longer one is sent in parts, of which one at a time is held in
 * memory. A process that dies in between leaves parts behind: give the bucket a rule that aborts incomplete uploads.
 *
 * @throws `port/unavailable` from every method when the service does not answer in time, or answers that it cannot.
 */
export function s3ObjectStore({
  client,
  bucket: Bucket,
  timeoutMs = 30_000,
}: S3ObjectStoreOptions): ObjectStore {
  const call = s3Calls(timeoutMs)

  const head = async (key: string): Promise<ObjectInfo | null> => {
    const found = await orNull(() =>
      call((options) => client.send(new HeadObjectCommand({ Bucket, Key: key }), options)),
    )
    return found && infoOf(key, found)
  }

  const putWhole = async (input: PutObjectCommandInput): Promise<PutObjectCommandOutput> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call((options) => client.send(new PutObjectCommand(input), options))
      } catch (error) {
        if (!isNamed(error, conflict) || attempt === conflictAttempts) throw error
      }
    }
  }

  return {
    adapter: { name: 's3' },
    put: async (key, body, { contentType, ifNoneMatch }) => {
      checkKey(key)
      checkContentType(contentType)
      const target = {
        Bucket,
        Key: key,
        ContentType: contentType,
        ...(ifNoneMatch && { IfNoneMatch: ifNoneMatch }),
      }
      const parts = inParts(body, partBytes)
      const first = await parts.next()
      const bytes = first.done ? new Uint8Array() : first.value
      try {
        if (bytes.byteLength < partBytes) {
          const written = await putWhole({ ...target, Body: bytes })
          return { key, size: bytes.byteLength, contentType, etag: etagOf(written) }
        }
        const written: PartUpload = await uploadParts(client, call, target, bytes, parts)
        return { key, size: written.size, contentType, etag: etagOf(written) }
      } catch (error) {
        await parts.return(undefined)
        if (isNamed(error, 'PreconditionFailed')) throw ObjectStoreErrors.exists()
        if (!isNamed(error, conflict)) throw error
        throw (await head(key))
          ? ObjectStoreErrors.exists()
          : PortErrors.unavailable({ retryAfter: 1 }, { cause: error })
      }
    },
    get: async (key) => {
      checkKey(key)
      const found = await orNull(() =>
        call((options) => client.send(new GetObjectCommand({ Bucket, Key: key }), options)),
      )
      if (found?.Body === undefined) return null
      const body = found.Body.transformToWebStream() as ReadableStream<Uint8Array<ArrayBuffer>>
      return { ...infoOf(key, found), body }
    },
    head: async (key) => {
      checkKey(key)
      return head(key)
    },
    delete: async (key) => {
      checkKey(key)
      await call((options) => client.send(new DeleteObjectCommand({ Bucket, Key: key }), options))
    },
    list: async (prefix, { limit, after }) => {
      checkPrefix(prefix)
      const command = new ListObjectsV2Command({
        Bucket,
        Prefix: prefix,
        MaxKeys: limit,
        ...(after !== null && { StartAfter: after }),
      })
      const page = await call((options) => client.send(command, options))
      const data = (page.Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, size: Size }))
      return { data, next: page.IsTruncated ? (data.at(-1)?.key ?? null) : null }
    },
    signedUrl: async (key, { seconds, fileName }) => {
      checkKey(key)
      const command = new GetObjectCommand({
        Bucket,
        Key: key,
        ResponseContentDisposition: attachment(fileName),
      })
      return getSignedUrl(client, command, { expiresIn: seconds })
    },
    check: async () => {
      await call((options) => client.send(new HeadBucketCommand({ Bucket }), options))
    },
  }
}

interface Described {
  readonly ContentLength?: number | undefined
  readonly ContentType?: string | undefined
  readonly ETag?: string | undefined
}

const infoOf = (key: string, found: Described): ObjectInfo => ({
  key,
  size: found.ContentLength ?? 0,
  contentType: found.ContentType ?? 'application/octet-stream',
  etag: etagOf(found),
})

const etagOf = ({ ETag = '' }: Pick<Described, 'ETag'>): string => ETag.replaceAll('"', '')

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name

async function orNull<T>(send: () => Promise<T>): Promise<T | null> {
  try {
    return await send()
  } catch (error) {
    // A bucket that is missing is a mistake of the operator, not an object that is not there.
    if (statusOf(error) === 404 && !isNamed(error, 'NoSuchBucket')) return null
    throw error
  }
}
