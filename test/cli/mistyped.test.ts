import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Config} from '@oclif/core'
import {expect, test} from 'vitest'
import {refuseMistyped} from '../../src/cli/mistyped.ts'

const root = join(import.meta.dirname, '..', '..')
const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const config = await Config.load({
  root,
  ignoreManifest: true,
  pjson: {...pjson, oclif: {...pjson.oclif, commands: './src/commands'}},
})

test('a word that is nearly a command is refused', async () => {
  await expect(refuseMistyped(['lgos', '--charts', '/nowhere'], config)).rejects.toMatchObject({
    exitKind: 'usage',
    hint: 'Did you mean deploy logs?',
  })
})

test.each(['@logs', 'log-*', 'logs@1.2'])('%s is no command', async word => {
  await expect(refuseMistyped([word, '--charts', '/nowhere'], config)).resolves.toBeUndefined()
})
