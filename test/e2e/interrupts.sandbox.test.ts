import {afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
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
})

// What one leaves unfinished would keep all that follow from their question.
afterEach(async ({task}) => {
  if (task.result?.state !== 'fail') return
  terminal.hangUp()
  await terminal.exitCode()
  await abort()
})

/** The stage at which something happens is given the time for it, on a slow machine too. */
const TIMES = {
  reading: ['--window', '1s', '--bake', '1s'],
  'the question': ['--window', '1s', '--bake', '1s'],
  'staging has to stay healthy': ['--window', '6s', '--bake', '1s'],
  'before production': ['--window', '1s', '--bake', '1s'],
  'the canary bakes': ['--window', '1s', '--bake', '6s'],
  'the rest of production': ['--window', '6s', '--bake', '1s'],
} as const
type Point = keyof typeof TIMES

async function comeTo(point: Point, times: readonly string[] = TIMES[point]): Promise<void> {
  terminal = await openTerminal([SERVICE, ...ENVIRONMENTS, '--version', version, ...times])
  await POINTS[point]()
}

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
    await terminal.until(/left of \d s to stay so/)
  },
  async 'before production'() {
    await POINTS['staging has to stay healthy']()
    await terminal.until(/Go on to production.*\[y\/N\]/)
  },
  async 'the canary bakes'() {
    await POINTS['before production']()
    terminal.type('y\n')
    await terminal.until(/eqiad canary[^]*left of \d s to/)
  },
  async 'the rest of production'() {
    await POINTS['the canary bakes']()
    await terminal.until(/Go on with the rest/)
    terminal.type('y\n')
    await terminal.until(/left of \d s to stay so/)
  },
} satisfies Record<Point, () => Promise<void>>
const MID_RUN = [
  'staging has to stay healthy',
  'before production',
  'the canary bakes',
  'the rest of production',
] as const

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
      await comeTo(at)
      terminal.type(CTRL_C)
      expect(await terminal.exitCode()).toBe(12)
      expect(terminal.screen()).not.toMatch(ASKED)
      expect(terminal.screen()).not.toMatch(/y\/N\].*interrupted/)
      expect(await standing()).toEqual(nothing)
    },
  )
})

describe('Ctrl-C in mid-run asks what it means', () => {
  const undone: Record<(typeof MID_RUN)[number], object> = {
    'staging has to stay healthy': nothing,
    'before production': nothing,
    // Staging stays when production goes back, so that one can look.
    'the canary bakes': {...nothing, staging: 'new'},
    'the rest of production': {...nothing, staging: 'new'},
  }
  const stopped: typeof undone = {
    'staging has to stay healthy': {...nothing, staging: 'new'},
    'before production': {...nothing, staging: 'new'},
    'the canary bakes': {...all, eqiad: 'before'},
    // It was the last one.
    'the rest of production': all,
  }

  test.each(MID_RUN)('%s: undo', async at => {
    await comeTo(at)
    await answer('undo')
    expect(await terminal.exitCode()).toBe(130)
    expect(terminal.screen()).toMatch(/was interrupted;/)
    expect(await standing()).toEqual(undone[at])
  })

  test.each(MID_RUN)('%s: stop after this environment', async at => {
    await comeTo(at)
    await answer('stop')
    expect(await terminal.exitCode()).toBe(at === 'the rest of production' ? 0 : 13)
    expect(await standing()).toEqual(stopped[at])
    if (at !== 'the rest of production') await abort()
  })

  test('go on: as if nothing had been, and a question that stood there is put again', async () => {
    await comeTo('staging has to stay healthy', ['--window', '6s', '--bake', '6s'])
    await answer('go-on')
    await terminal.until(/Go on to production/)
    await answer('go-on')
    await terminal.until(/Go on to production/)
    terminal.type('y\n')
    await terminal.until(/eqiad canary[^]*left of \d s to/)
    await answer('go-on')
    await terminal.until(/Go on with the rest/)
    terminal.type('y\n')
    expect(await terminal.exitCode()).toBe(0)
    expect(await standing()).toEqual(all)
  })

  test('a second Ctrl-C is an answer: undo', async () => {
    await comeTo('staging has to stay healthy')
    terminal.type(CTRL_C)
    await terminal.until(ASKED)
    terminal.type(CTRL_C)
    expect(await terminal.exitCode()).toBe(130)
    expect(await standing()).toEqual(nothing)
  })

  test('while somebody types, there is time', async () => {
    await comeTo('staging has to stay healthy')
    terminal.type(CTRL_C)
    await terminal.until(ASKED)
    terminal.type('st')
    await terminal.until(/10 s more[^]*st/)
    terminal.type('op\n')
    expect(await terminal.exitCode()).toBe(13)
    await abort()
  })

  test('what was typed and not sent in time is not left to the shell', async () => {
    await comeTo('staging has to stay healthy')
    terminal.type(CTRL_C)
    await terminal.until(ASKED)
    terminal.type('go')
    await terminal.until(/undoing what this run touched/)
    terminal.type('-on')
    expect(await terminal.exitCode()).toBe(130)
    expect(terminal.leftToShell()).toBe('')
    expect(await standing()).toEqual(nothing)
  })

  async function answer(word: string): Promise<void> {
    terminal.type(CTRL_C)
    await terminal.until(ASKED)
    terminal.type(`${word}\n`)
  }
})

describe('the terminal is gone', () => {
  test.each(['reading', 'the question'] as const)('%s: nothing is begun', async at => {
    await comeTo(at)
    terminal.hangUp()
    expect(await terminal.exitCode(), terminal.screen()).toBe(12)
    expect(await standing()).toEqual(nothing)
  })

  test.each([
    ['staging has to stay healthy', 13, {...nothing, staging: 'new'}],
    ['before production', 13, {...nothing, staging: 'new'}],
    ['the canary bakes', 13, {...all, eqiad: 'before'}],
    ['the rest of production', 0, all],
  ] as const)(
    '%s: the environment is finished, and nothing more is begun (%i)',
    async (at, code, expected) => {
      await comeTo(at)
      terminal.hangUp()
      expect(await terminal.exitCode()).toBe(code)
      expect(await standing()).toEqual(expected)
      if (code === 13) await abort()
    },
  )
})
