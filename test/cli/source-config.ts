import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Config} from '@oclif/core'

export const ROOT = join(import.meta.dirname, '..', '..')

/** The commands as their sources declare them; what was built may be older. */
export function sourceConfig(): Promise<Config> {
  const pjson = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return Config.load({
    root: ROOT,
    ignoreManifest: true,
    pjson: {...pjson, oclif: {...pjson.oclif, commands: './src/commands'}},
  })
}
