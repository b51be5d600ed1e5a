import { defineErrors } from '@corbel/core'

export const FileErrors = defineErrors('files', {
  notFound: {
    status: 404,
    title: 'There is no such file.',
    fix: 'List yours with GET /api/v1/files. A file of somebody else answers the same.',
  },
  empty: {
    status: 422,
    title: 'The file is empty.',
    fix: 'Send the bytes of the file as the body of the request.',
  },
  tooLarge: {
    status: 413,
    title: 'The file is too large.',
    fix: 'Send a smaller one, or raise AGENT_FILE_MAX_BYTES.',
  },
  tooMany: {
    status: 422,
    title: 'Too many files go with the message.',
    fix: 'Send at most 10 with one message, and the others with the next.',
  },
  addressRefused: {
    status: 422,
    title: 'The address of a file that goes with the message is none of a file here.',
    fix: 'Upload it with POST /api/v1/files and name its id or its address, or send it as a base64 data: URL. Nothing is fetched from elsewhere.',
  },
  notTaken: {
    status: 422,
    title: 'The model of the agent cannot be shown a file of this type.',
    fix: 'Send it as an image or as text, or ask an agent whose model takes it.',
  },
  typeMismatch: {
    status: 422,
    title: 'The file is not what its Content-Type says.',
    fix: 'Send it with the type that it has; text must be UTF-8 without control characters.',
  },
  quotaExceeded: {
    status: 409,
    title: 'The files of the tenant would take more room than they may.',
    fix: 'Delete files that are not needed any more, or raise AGENT_FILE_QUOTA_BYTES.',
  },
  addressExpired: {
    status: 403,
    title: 'The address of the file is not valid, or not any more.',
    fix: 'Get a new one with GET /api/v1/files/{id}/url.',
  },
  interrupted: {
    status: 409,
    title: 'The upload took too long and was given up.',
    fix: 'Send the file again.',
  },
})
