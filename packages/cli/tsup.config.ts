import { packageBuild } from '../../scripts/package-build.ts'

const options = packageBuild(import.meta.dirname)

/** One program with no dependency at run time: everything it uses is inside, a chunk for each command. */
export default {
  ...options,
  entry: { ...(options.entry as Record<string, string>), bin: './src/bin.ts' },
  noExternal: [/.*/],
  minify: true,
  esbuildOptions(esbuild: { conditions?: string[]; chunkNames?: string }) {
    // From the sources of the workspace, for the other packages may not be built yet.
    esbuild.conditions = ['@corbel/source', 'import', 'node']
  },
}
