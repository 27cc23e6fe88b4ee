import {cp, mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {parse} from 'yaml'
import {buildMany} from '../../src/tools/build-many.ts'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {findProgram} from '../../src/tools/find-program.ts'
import {buildState, type HelmfileSite} from '../../src/tools/helmfile.ts'
import {standInsDirectory} from '../../src/tools/silent-hooks.ts'
import {type KnownHelms, openKnownHelms} from '../../src/tools/known-helms.ts'
import {substitute} from '../../src/tools/tree.ts'
import {CHARTS, sandbox} from '../e2e/deploy.ts'

const SERVICES = ['almanac', 'ledger', 'pages', 'paintbox-score', 'ripple', 'shop', 'wiki-web']
let root: string
let env: HelmfileSite['env']
let unknown: KnownHelms

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'deploy-build-many-'))
  await cp(CHARTS, root, {recursive: true, verbatimSymlinks: true})
  const {substitutions} = parse(await readFile(sandbox().hostConfig, 'utf8'))
  substitute(join(root, 'helmfile.d', 'services'), substitutions)
  unknown = openKnownHelms(join(root, 'nothing.json'), '', root)
  env = {HELMFILE_RENDER_YAML: 'true', PATH: `${sandbox().bin}:${process.env.PATH}`}
})
afterAll(() => rm(root, {recursive: true, force: true}))

const directoryOf = (name: string) => join(root, 'helmfile.d', 'services', name)

function siteOf(name: string, states: HelmfileSite['states']): HelmfileSite {
  return {
    directory: directoryOf(name),
    env,
    standIns: standInsDirectory(PACKAGE_ROOT),
    stateArgs: () => [],
    onCommand: () => {},
    onFile: () => {},
    mask: text => text,
    helms: unknown,
    states,
  }
}

async function learnt(name: string): Promise<KnownHelms> {
  const kept = join(root, 'helms.json')
  const open = () => openKnownHelms(kept, join(PACKAGE_ROOT, 'bin', 'known-helm'), root)
  const helms = open()
  const path = await findProgram(name, env.PATH ?? '')
  await helms.versionOf(path ?? '', async () => 'v3.17.0+g1234567')
  helms.keepName('here', name)
  await helms.close()
  return open()
}

test('what one helmfile says of many services is what each says of itself; one that is broken is left out', async () => {
  const states: HelmfileSite['states'] = new Map()
  const directories = SERVICES.map(directoryOf)
  const helms = await learnt('helm3.17')
  const found = await buildMany({root, directories, env, helms, states}, 'eqiad')
  // Its helmfile wants a state value.
  expect([...found.keys()].toSorted()).toEqual(
    directories.filter(name => !name.endsWith('ripple')).toSorted(),
  )
  for (const name of SERVICES.filter(one => one !== 'ripple')) {
    const alone = await buildState(siteOf(name, new Map()), 'eqiad')
    expect(found.get(directoryOf(name))).toEqual(alone)
    expect(await buildState(siteOf(name, states), 'eqiad')).toBe(found.get(directoryOf(name)))
  }
})
