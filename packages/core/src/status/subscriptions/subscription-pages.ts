import { Html, markup } from '../../contract/html.ts'
import { statusPolicy, statusStyle } from '../page/status-style.ts'

/** The policy of the status page, but its forms may be sent. */
export const formPolicy = statusPolicy.replace("form-action 'none'", "form-action 'self'")

interface Question {
  readonly title: string
  readonly text: string
  readonly button?: string
}

// Without an action, a form is posted to the address of its page, token included.
const page = ({ title, text, button }: Question): string =>
  markup`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${new Html(statusStyle)}</style></head><body><main><h1>${title}</h1><p>${text}</p>${button !== undefined && markup`<form method="post"><button>${button}</button></form>`}<p><a href="/status">Status page</a></p></main></body></html>`.toString()

export const confirmQuestion = (): string =>
  page({
    title: 'Updates of the status page',
    text: 'Do you want to be told by mail when there is an incident or maintenance?',
    button: 'Yes, tell me',
  })

export const confirmed = (): string =>
  page({ title: 'You will be told', text: 'Each mail has a link with which you end this at any time.' })

export const unsubscribeQuestion = (): string =>
  page({
    title: 'Unsubscribe',
    text: 'You will not be told of incidents and maintenance any more.',
    button: 'Unsubscribe',
  })

export const unsubscribed = (): string =>
  page({ title: 'You are unsubscribed', text: 'Nothing more is sent to you.' })
