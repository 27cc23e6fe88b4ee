import {delimiter, join} from 'node:path'

/** Programs that stand in for what hooks call. */
export function standInsDirectory(packageRoot: string): string {
  return join(packageRoot, 'bin', 'stand-ins')
}

/**
 * A search path for a helmfile that only reads: its hooks find a `helmfile_log_sal` that ends at once. The host's own says nothing then,
 * either (it tells of `apply` and `sync`, and is silenced by `SUPPRESS_SAL`), and takes 10 ms at the start and the end of each helmfile.
 */
export function withSilentHooks(searchPath: string, standIns: string): string {
  return `${standIns}${delimiter}${searchPath}`
}
