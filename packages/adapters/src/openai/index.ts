export { openaiVendor, type OpenaiVendorOptions } from './openai-vendor.ts'
