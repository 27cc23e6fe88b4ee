import {expect, test} from 'vitest'
import {refuseMistyped} from '../../src/cli/mistyped.ts'
import {sourceConfig} from './source-config.ts'

const config = await sourceConfig()

test('a word that is nearly a command is refused', async () => {
  await expect(refuseMistyped(['lgos', '--charts', '/nowhere'], config)).rejects.toMatchObject({
    exitKind: 'usage',
    hint: 'Did you mean deploy logs?',
  })
})

test.each(['@logs', 'log-*', 'logs@1.2'])('%s is no command', async word => {
  await expect(refuseMistyped([word, '--charts', '/nowhere'], config)).resolves.toBeUndefined()
})
