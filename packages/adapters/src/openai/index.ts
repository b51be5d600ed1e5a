export { openaiClientOptions, openaiModels, type OpenaiModelsOptions } from './openai-models.ts'
