import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

/** Give one release another version, by a values file of its own so that `1.10` stays a text. */
export async function writeVersionFile(directory: string, values: unknown): Promise<string> {
  const path = join(directory, 'version.yaml')
  // JSON is YAML, and quotes every text.
  await writeFile(path, `${JSON.stringify(values)}\n`, {mode: 0o600})
  return path
}
