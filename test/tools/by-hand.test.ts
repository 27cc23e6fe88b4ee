import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {commandLine, preparation} from '../../src/tools/by-hand.ts'
import {cleanTree} from '../plan/facts.ts'

const site = {
  tree: cleanTree,
  service: {group: 'services', name: 'shop'},
  substitutions: {},
  path: [],
  env: {},
  files: new Map([
    ['/tmp/run/state-values-0.yaml', {name: 'state-values-0.yaml', content: '{"a":"it\'s"}\n'}],
  ]),
  privateDirectory: '/tmp/run',
}

test('on a deploy host it is a directory, a variable and the files', () => {
  expect(preparation({...site, path: ['/opt/helm'], env: {API_TOKEN: 'x,y'}})).toEqual([
    '# /srv/deployment-charts at aaaaaaaaaa',
    'here=$(mktemp -d)',
    'cd /srv/deployment-charts/helmfile.d/services/shop',
    `export HELMFILE_RENDER_YAML=true 'API_TOKEN=<hidden>' PATH=/opt/helm:"$PATH"`,
    `printf '%s\\n' '{"a":"it'\\''s"}' > "$here/state-values-0.yaml"`,
  ])
})

test.each([
  [
    ['helmfile', '-e', 'eqiad', '--helm-binary', '/x', 'template', '--skip-cleanup'],
    'helmfile -e eqiad template',
  ],
  [
    ['helmfile', '--state-values-file', '/tmp/run/state-values-0.yaml', 'build'],
    'helmfile --state-values-file "$here/state-values-0.yaml" build',
  ],
  [['helmfile', 'sync', '--set', "note=it's"], `helmfile sync --set 'note=it'\\''s'`],
  [['helmfile', 'sync', '--set', 'token=abc'], `helmfile sync --set 'token=<hidden>'`],
  [
    ['helm', 'template', '--values', '/tmp/run/values-1.yaml'],
    '# helm template --values /tmp/run/values-1.yaml',
  ],
])('%j', (words, expected) => {
  expect(commandLine(words, site)).toBe(expected)
})

test('where texts are replaced it works on a copy that holds them', async () => {
  const root = await mkdtemp(join(tmpdir(), 'deploy-by-hand-'))
  try {
    const directory = join(root, 'helmfile.d/services/shop')
    await mkdir(directory, {recursive: true})
    await writeFile(
      join(directory, 'helmfile.yaml'),
      'file: /etc/helmfile.d|x/a.yaml\nother: /etc/helmfileXd\n',
    )
    const substitutions = {'/etc/helmfile.d|x': '/a&b|c', 'not there': 'x'}
    const lines = preparation({...site, tree: {...cleanTree, root}, substitutions})
    const said = execFileSync('sh', ['-euc', [...lines, 'cat helmfile.yaml', 'rm -r "$here"'].join('\n')])
    expect(String(said)).toBe('file: /a&b|c/a.yaml\nother: /etc/helmfileXd\n')
    expect(await readFile(join(directory, 'helmfile.yaml'), 'utf8')).toContain('/etc/helmfile.d|x')
  } finally {
    await rm(root, {recursive: true})
  }
})
