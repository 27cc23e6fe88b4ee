import {beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {deploy, newTag, pushTag, readyImages} from './deploy.ts'
import {CTRL_C, openTerminal, type TestTerminal} from './terminal.ts'

const SERVICE = 'shop'
const IMAGE = 'wikimedia/shop'
const ENVIRONMENTS = ['-e', 'staging,eqiad'] as const
const ASKED = /Undo what was touched, stop after this environment, or go on\?/

beforeAll(async () => {
  const flags = ['--yes', '--override', '--retry', '--window', '0ms', '--bake', '0ms']
  const ran = await deploy([SERVICE, ...ENVIRONMENTS, '--version', await pushTag(IMAGE, newTag()), ...flags])
  expect(ran.exitCode).toBe(0)
})

let version: string
let before: Record<'staging' | 'canary' | 'eqiad', string>
let terminal: TestTerminal

beforeEach(async () => {
  before = await tags()
  version = await pushTag(IMAGE, newTag())
  const times = ['--window', '2s', '--bake', '2s']
  terminal = await openTerminal([SERVICE, ...ENVIRONMENTS, '--version', version, ...times])
})

/** Each leads to a point of the run. */
const POINTS = {
  async reading() {
    await terminal.until(/reading/)
  },
  async 'the question'() {
    await terminal.until(/Deploy this\?/)
  },
  async 'staging has to stay healthy'() {
    await POINTS['the question']()
    terminal.type('y\n')
    await terminal.until(/left of 2 s to stay so/)
  },
  async 'the canary bakes'() {
    await POINTS['staging has to stay healthy']()
    await terminal.until(/Go on to production/)
    terminal.type('y\n')
    await terminal.until(/eqiad canary[^]*left of 2 s to/)
  },
  async 'the rest of production'() {
    await POINTS['the canary bakes']()
    await terminal.until(/Go on with the rest/)
    terminal.type('y\n')
    await terminal.until(/left of 2 s to stay so/)
  },
}
type Point = keyof typeof POINTS
const MID_RUN = ['staging has to stay healthy', 'the canary bakes', 'the rest of production'] as const

async function tags(): Promise<typeof before> {
  const tagOf = async (release: string, cluster: 'staging' | 'eqiad') => {
    const images = await readyImages(cluster, SERVICE, release)
    return [...new Set(images.map(image => image.split(':').at(-1)))].join(' and ')
  }
  return {
    staging: await tagOf('main', 'staging'),
    canary: await tagOf('canary', 'eqiad'),
    eqiad: await tagOf('main', 'eqiad'),
  }
}

async function standing() {
  const now = await tags()
  const word = (place: keyof typeof before) => {
    if (now[place] === version) return 'new'
    return now[place] === before[place] ? 'before' : now[place]
  }
  return {staging: word('staging'), canary: word('canary'), eqiad: word('eqiad')}
}

/** A paused run keeps its lock. */
async function abort(): Promise<void> {
  expect((await deploy(['abort', SERVICE, '--yes', '--window', '0ms'])).exitCode).toBe(0)
}

const nothing = {staging: 'before', canary: 'before', eqiad: 'before'}
const all = {staging: 'new', canary: 'new', eqiad: 'new'}

describe('Ctrl-C before anything is touched', () => {
  test.each(['reading', 'the question'] as const)(
    '%s: it ends, and nobody is asked what it means',
    async at => {
      await POINTS[at]()
      terminal.type(CTRL_C)
      expect(await terminal.exitCode()).toBe(12)
      expect(terminal.screen()).not.toMatch(ASKED)
      expect(await standing()).toEqual(nothing)
    },
  )
})

describe('Ctrl-C in mid-run asks what it means', () => {
  const undone: Record<(typeof MID_RUN)[number], object> = {
    'staging has to stay healthy': nothing,
    // Staging stays when production goes back, so that one can look.
    'the canary bakes': {...nothing, staging: 'new'},
    'the rest of production': {...nothing, staging: 'new'},
  }
  const stopped: typeof undone = {
    'staging has to stay healthy': {...nothing, staging: 'new'},
    'the canary bakes': {...all, eqiad: 'before'},
    // It was the last one.
    'the rest of production': all,
  }

  test.each(MID_RUN)('%s: undo', async at => {
    await interrupt(at, 'undo')
    expect(await terminal.exitCode()).toBe(130)
    expect(terminal.screen()).toMatch(/was interrupted;/)
    expect(await standing()).toEqual(undone[at])
  })

  test.each(MID_RUN)('%s: stop after this environment', async at => {
    await interrupt(at, 'stop')
    expect(await terminal.exitCode()).toBe(at === 'the rest of production' ? 0 : 13)
    expect(await standing()).toEqual(stopped[at])
    if (at !== 'the rest of production') await abort()
  })

  test('go on: as if nothing had been', async () => {
    await interrupt('staging has to stay healthy', 'go-on')
    await terminal.until(/Go on to production/)
    terminal.type('y\n')
    await terminal.until(/eqiad canary[^]*left of 2 s to/)
    terminal.type(CTRL_C)
    await terminal.until(ASKED)
    terminal.type('go-on\n')
    await terminal.until(/Go on with the rest/)
    terminal.type('y\n')
    expect(await terminal.exitCode()).toBe(0)
    expect(await standing()).toEqual(all)
  })

  test('a second Ctrl-C is an answer: undo', async () => {
    await POINTS['staging has to stay healthy']()
    terminal.type(CTRL_C)
    await terminal.until(ASKED)
    terminal.type(CTRL_C)
    expect(await terminal.exitCode()).toBe(130)
    expect(await standing()).toEqual(nothing)
  })

  async function interrupt(at: Point, answer: string): Promise<void> {
    await POINTS[at]()
    terminal.type(CTRL_C)
    await terminal.until(ASKED)
    terminal.type(`${answer}\n`)
  }
})

describe('the terminal is gone', () => {
  test.each(['reading', 'the question'] as const)('%s: nothing is begun', async at => {
    await POINTS[at]()
    terminal.hangUp()
    expect(await terminal.exitCode(), terminal.screen()).toBe(12)
    expect(await standing()).toEqual(nothing)
  })

  test.each([
    ['staging has to stay healthy', 13, {...nothing, staging: 'new'}],
    ['the canary bakes', 13, {...all, eqiad: 'before'}],
    ['the rest of production', 0, all],
  ] as const)(
    '%s: the environment is finished, and nothing more is begun (%i)',
    async (at, code, expected) => {
      await POINTS[at]()
      terminal.hangUp()
      expect(await terminal.exitCode()).toBe(code)
      expect(await standing()).toEqual(expected)
      if (code === 13) await abort()
    },
  )
})
