import {describe, expect, test} from 'vitest'
import {originOf} from '../../src/plan/origin.ts'
import {aRun} from './facts.ts'

const run = (runId: string, given: Parameters<typeof aRun>[0]) => aRun({runId, ...given})
const failed = {isGood: false, isRolledBack: true}

describe('originOf: the run that rendered what runs now', () => {
  const past = [
    run('back', {kind: 'rollback', before: 5, after: 6, toRevision: 2}),
    run('bad', {...failed, before: 3, after: 4, restored: 5}),
    run('good', {before: 2, after: 3}),
    run('first', {after: 2}),
  ]
  const made = (revision: number, restores?: number) => originOf(past, {revision, restores}).made?.runId

  test('the one that made the revision, however it ended', () => {
    expect(made(3)).toBe('good')
    expect(made(4)).toBe('bad')
  })

  test('after going back, the one that made what was brought back', () => {
    expect(made(5)).toBe('good')
    expect(made(5, 3)).toBe('good')
    expect(made(6)).toBe('first')
    expect(originOf(past, {revision: 6, restores: 2}).revision).toBe(2)
  })

  test('none for what helm, helmfile or a lost record made', () => {
    expect(made(7)).toBeUndefined()
    expect(made(7, 1)).toBeUndefined()
    expect(made(1)).toBeUndefined()
  })
})

describe('originOf: who went back', () => {
  test('a rollback, with what it left; not a failure that was undone', () => {
    const past = [
      run('back', {kind: 'rollback', before: 4, after: 5, toRevision: 2}),
      run('newer', {before: 3, after: 4}),
      run('bad', {...failed, before: 1, after: 2, restored: 3}),
    ]
    const {wentBack} = originOf(past, {revision: 5, restores: 2})
    expect([wentBack?.run?.runId, wentBack?.left?.runId]).toEqual(['back', 'newer'])
    expect(originOf(past, {revision: 3, restores: 1}).wentBack).toBeUndefined()
  })

  test('a failure that was undone leaves the rollback before it what it was', () => {
    const past = [
      run('bad', {...failed, before: 3, after: 4, restored: 5}),
      run('back', {kind: 'rollback', before: 2, after: 3, toRevision: 1}),
      run('good', {before: 1, after: 2}),
    ]
    expect(originOf(past, {revision: 5, restores: 3}).wentBack?.run?.runId).toBe('back')
  })

  test('plain helm', () => {
    const past = [run('good', {before: 1, after: 2})]
    expect(originOf(past, {revision: 3, restores: 1}).wentBack).toMatchObject({
      run: undefined,
      left: {runId: 'good'},
    })
  })
})

describe('originOf: a run whose process was killed', () => {
  const killed = {isGood: false, latestBefore: 3, before: 3}

  test('made the first revision after those it knew, if its images run there', () => {
    const past = [run('killed', {...killed, images: ['shop:v9']})]
    expect(originOf(past, {revision: 4, restores: undefined, images: ['shop:v9', 'tls:1']}).made?.runId).toBe(
      'killed',
    )
    expect(originOf(past, {revision: 4, restores: undefined, images: ['shop:v1']}).made).toBeUndefined()
    expect(originOf(past, {revision: 5, restores: undefined}).made).toBeUndefined()
  })

  test('nothing, where its stage was not begun', () => {
    const past = [run('killed', {...killed, isBegun: false})]
    expect(originOf(past, {revision: 4, restores: undefined}).made).toBeUndefined()
  })

  test('while it went back: what was there before is there, and nobody asked for that', () => {
    const past = [run('killed', killed), run('good', {after: 3})]
    expect(originOf(past, {revision: 5, restores: 3})).toEqual({
      revision: 3,
      made: past[1],
      wentBack: undefined,
    })
  })

  test('in a rollback: it went back all the same', () => {
    const past = [
      run('killed', {...killed, kind: 'rollback', toRevision: 2}),
      run('good', {before: 2, after: 3}),
      run('first', {after: 2}),
    ]
    const {made, wentBack} = originOf(past, {revision: 4, restores: 2})
    expect([made?.runId, wentBack?.run?.runId, wentBack?.left?.runId]).toEqual(['first', 'killed', 'good'])
  })
})
