import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {DeployError} from '../errors.ts'

export type ManifestFile = {
  /** Below the output directory. */
  path: string
  text: string
}

/**
 * Write manifests for others to read, or for their owner alone when they hold Secrets.
 * @throws DeployError `usage` when the directory cannot be written
 */
export async function writeManifests(
  directory: string,
  files: readonly ManifestFile[],
  holdsSecrets: boolean,
): Promise<void> {
  for (const {path, text} of files) {
    const file = join(directory, path)
    try {
      await mkdir(dirname(file), {recursive: true, ...(holdsSecrets ? {mode: 0o700} : {})})
      await writeFile(file, text, holdsSecrets ? {mode: 0o600} : {})
    } catch (cause) {
      throw new DeployError('usage', `write ${file}: ${(cause as Error).message}`, {
        hint: 'Name a directory that can be written: --output-dir DIR.',
        cause,
      })
    }
  }
}
