export { anthropicVendor, type AnthropicVendorOptions } from './anthropic-vendor.ts'
