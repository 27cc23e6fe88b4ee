import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

/** `version.yaml` is what the launcher applies; what is only tried has a file of its own. */
export type VersionFile = 'version.yaml' | 'attempt.yaml'

/** Give one release another version, by a values file of its own so that `1.10` stays a text. */
export async function writeVersionFile(
  directory: string,
  values: unknown,
  file: VersionFile,
): Promise<string> {
  const path = join(directory, file)
  // JSON is YAML, and quotes every text.
  await writeFile(path, `${JSON.stringify(values)}\n`, {mode: 0o600})
  return path
}
