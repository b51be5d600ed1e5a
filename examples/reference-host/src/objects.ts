import { join } from 'node:path'
import { filesystemObjectStore } from '@corbel/adapters/filesystem'
import { s3ObjectStore } from '@corbel/adapters/s3'
import { S3Client } from '@aws-sdk/client-s3'
import type { StartProblem } from '@corbel/core'
import type { ObjectStore } from '@corbel/core/ports'
import { HostSettings } from './host-settings.ts'
import type { ReadSettings } from './read-settings.ts'

type HostValues = ReadSettings['values']['host']

/** Where files are kept. */
export function openObjectStore(host: HostValues): ObjectStore {
  const { objectStore, objectStorePath, dataDir, s3Bucket = '', s3Region, s3Endpoint } = host
  if (objectStore === 'filesystem')
    return filesystemObjectStore({ folder: objectStorePath ?? join(dataDir, 'objects') })
  const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secret } = host
  const client = new S3Client({
    region: s3Region,
    // Buckets of services beside Amazon's are rarely names of hosts.
    ...(s3Endpoint !== undefined && { endpoint: s3Endpoint, forcePathStyle: true }),
    ...(accessKeyId !== undefined &&
      secret && { credentials: { accessKeyId, secretAccessKey: secret.reveal() } }),
  })
  return s3ObjectStore({ client, bucket: s3Bucket })
}

/** A folder that other processes would look for in vain. */
export const objectStoreProblems = ({
  profile,
  values: { host },
}: Pick<ReadSettings, 'profile' | 'values'>): readonly StartProblem[] =>
  profile === 'local' ||
  host.objectStore === 's3' ||
  host.databaseUrl === undefined ||
  host.objectStorePath !== undefined
    ? []
    : [
        {
          subject: HostSettings.objectStore.env,
          what: 'is "filesystem" without a folder that every replica shares',
          why: 'A file that one replica has taken would be missing on the others.',
          fix: `Set ${HostSettings.objectStore.env}=s3 and ${HostSettings.s3Bucket.env}, or ${HostSettings.objectStorePath.env} to a folder that all of them mount.`,
        },
      ]
