export { geminiVendor, type GeminiVendorOptions } from './gemini-vendor.ts'
