export { slackNotifier, type SlackNotifierOptions } from './slack-notifier.ts'
