import { defineMail } from '@corbel/core'

/** Says to the owner of an account that its address was registered again. */
export const repeatedRegistrationMail = defineMail<null>({
  name: 'auth.registration_repeated',
  summary: 'Tells the owner of an account that somebody tried to register its address.',
  sample: null,
  write: (_, { appName, publicUrl }) => ({
    subject: `You already have an account at ${appName}`,
    body: [
      `Somebody, probably you, tried to create an account at ${appName} with this address. It has one already, and nothing was changed.`,
      'To sign in with it, go to',
      { link: publicUrl },
      'If it was not you, there is nothing to do.',
    ],
  }),
})
