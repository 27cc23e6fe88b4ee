import {describe, expect, test} from 'vitest'
import {givenText, hideGiven, hideValues, notGivenNow, setWordsOf} from '../../src/plan/given.ts'

test('is told as it was typed', () => {
  expect(givenText({flag: 'state-values-set', word: 'backfill=true'})).toBe(
    '--state-values-set backfill=true',
  )
})

describe('notGivenNow', () => {
  test.each([
    ['given again', ['--set a.b=1'], ['--set a.b=1'], []],
    ['another value is no surprise', ['--set a.b=1'], ['--set a.b=2'], []],
    ['no longer given', ['--set a.b=1'], [], ['--set a.b=1']],
    ['one key of two', ['--set a=1,b=2'], ['--set b=2'], ['--set a=1,b=2']],
    ['the same key for helmfile and for charts', ['--set a=1'], ['--state-values-set a=1'], ['--set a=1']],
    ['as a text', ['--state-values-set a=1'], ['--state-values-set-string a=1'], []],
  ])('%s', (_, before, now, lost) => {
    expect(notGivenNow(before, now)).toEqual(lost)
  })
})

describe('hideGiven', () => {
  const mask = (text: string) => text.replaceAll('correct-horse', '<hidden>')

  test.each([
    ['--set resources.replicas=3', '--set resources.replicas=3'],
    ['--set config.private.DB_PASSWORD=abc', '--set config.private.DB_PASSWORD=<hidden>'],
    [String.raw`--set a=1,api_token=x\,y,b=2`, '--set a=1,api_token=<hidden>,b=2'],
    ['--set tokens={abc,def},b={1,2}', '--set tokens=<hidden>,b={1,2}'],
    ['--set greeting=correct-horse', '--set greeting=<hidden>'],
  ])('%s', (text, shown) => {
    expect(hideGiven([text], mask)).toEqual([shown])
  })
})

test('values with names are hidden at any depth, and all that is beneath', () => {
  expect(hideValues({a: 1, list: [{apiToken: 'x'}], auth: {user: 'me'}, B_KEY: 'one,two'})).toEqual({
    a: 1,
    list: [{apiToken: '<hidden>'}],
    auth: '<hidden>',
    B_KEY: '<hidden>',
  })
})

test('what was set can be set again, unless a part of it was hidden', () => {
  expect(setWordsOf(['--set a=1', '--state-values-set b=2'])).toEqual(['a=1'])
  expect(setWordsOf(['--set a=1', '--set token=<hidden>'])).toBeUndefined()
})
