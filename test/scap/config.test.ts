import {expect, test} from 'vitest'
import {blocksDeployments} from '../../src/scap/config.ts'

const here = 'deploy2002.codfw.wmnet'

test.each([
  ['nothing is said', '[global]\nmaster_rsync: deploy1003\n', false],
  ['everywhere', '[global]\nblock_deployments: True\n', true],
  ['switched off', '[global]\nblock_deployments: False\n', false],
  ['with =, and another word for it', '[global]\nblock_deployments = yes\n', true],
  ['a comment', '[global]\n# block_deployments: True\n', false],
  ['elsewhere', '[deploy1003.eqiad.wmnet]\nblock_deployments: True\n', false],
  ['in this domain', '[wmnet]\nblock_deployments: True\n', true],
  [
    'the host wins over all, wherever it stands',
    `[${here}]\nblock_deployments: False\n[global]\nblock_deployments: True\n`,
    false,
  ],
  [
    'the nearer domain wins',
    '[codfw.wmnet]\nblock_deployments: True\n[wmnet]\nblock_deployments: False\n',
    true,
  ],
  ['a name that only ends alike', '[fw.wmnet]\nblock_deployments: True\n', false],
])('%s', (_, text, expected) => {
  expect(blocksDeployments(text, here)).toBe(expected)
})

test('a short name says nothing of its domain', () => {
  expect(blocksDeployments('[codfw.wmnet]\nblock_deployments: True\n', 'deploy2002')).toBe(false)
})

test('a host that is called by its first name only', () => {
  expect(blocksDeployments(`[${here}]\nblock_deployments: True\n`, 'deploy2002')).toBe(true)
})
