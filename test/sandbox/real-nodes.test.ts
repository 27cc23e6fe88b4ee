import {describe, expect, test} from 'vitest'
import {hierarchiesIn, trackingHierarchy} from '../../src/sandbox/cgroups.ts'
import {PLAIN_CONTENT, digestOf, tarOf} from '../../src/sandbox/image-content.ts'
import {chooseNumbers} from '../../src/sandbox/real-node.ts'
import {type Machine, refusalOf} from '../../src/sandbox/real-requirements.ts'

describe('refusalOf', () => {
  const able: Machine = {platform: 'linux', isRoot: true, missing: [], hasCgroups: true}
  const dir = '/home/jo/.local/state/deploy/sandbox/default'

  test('nothing, where everything is there', () => expect(refusalOf(able, dir)).toBeUndefined())

  test('names the packages that are missing, each once', () => {
    const missing = ['containerd', 'ctr', 'conntrack']
    expect(refusalOf({...able, missing}, dir)).toEqual({
      problem: 'there is no containerd, no ctr, no conntrack',
      cure: 'apt-get install --no-install-recommends containerd conntrack',
    })
  })

  test.each([
    [{...able, platform: 'darwin'}, dir, /processes of Linux/],
    [{...able, isRoot: false}, dir, /need root/],
    [{...able, hasCgroups: false}, dir, /no cgroups/],
    [able, '/var/lib/ci/deploy/sandbox/default', /has its own \/var\/lib/],
  ])('%o in %s', (machine, place, problem) => {
    expect(refusalOf(machine, place)?.problem).toMatch(problem)
  })
})

describe('cgroups', () => {
  const line = (dir: string, type: string, options: string) =>
    `32 31 0:29 / ${dir} rw,relatime shared:9 - ${type} ${type} ${options}`

  test('of version 1 are tracked by the one that counts processes', () => {
    const found = hierarchiesIn(
      [
        '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
        line('/sys/fs/cgroup/cpu', 'cgroup', 'rw,cpu,cpuacct'),
        line('/sys/fs/cgroup/pids', 'cgroup', 'rw,pids'),
        line('/sys/fs/cgroup/unified', 'cgroup2', 'rw'),
      ].join('\n'),
    )
    expect(found.map(({dir, version}) => [dir, version])).toEqual([
      ['/sys/fs/cgroup/cpu', 1],
      ['/sys/fs/cgroup/pids', 1],
      ['/sys/fs/cgroup/unified', 2],
    ])
    expect(trackingHierarchy(found)?.dir).toBe('/sys/fs/cgroup/pids')
  })

  test('of version 2 are one tree', () => {
    expect(trackingHierarchy(hierarchiesIn(line('/sys/fs/cgroup', 'cgroup2', 'rw')))?.version).toBe(2)
    expect(trackingHierarchy([])).toBeUndefined()
  })
})

test('a node gets a number that no link, address or route of the machine has', () => {
  const said = [
    '5: deploy-n1@if2: <BROADCAST>',
    '7: eth1 inet 10.77.3.9/24 scope global eth1',
    '10.78.2.0/24 via 10.77.2.2 dev other',
    '10.177.4.0/24 dev elsewhere',
  ]
  expect(chooseNumbers(3, said.join('\n'))).toEqual([4, 5, 6])
})

test('the same files make the same archive, and with it the same digest of an image', () => {
  const entries = [
    {path: 'demo', mode: 0o755, content: Buffer.from('program')},
    {path: 'bin/sh', linkTo: 'busybox'},
  ]
  expect(tarOf(entries)).toEqual(tarOf(entries))
  expect(tarOf(entries).length % 512).toBe(0)
  // tides names an image of the sandbox by this digest's manifest: a change here has to be made there, too.
  expect(digestOf(PLAIN_CONTENT.layer)).toMatchInlineSnapshot(
    `"sha256:7ac85da2c0fb28e0d0ff6650cff9895e709b4741cdd5edc4aefa633df88900e2"`,
  )
})
