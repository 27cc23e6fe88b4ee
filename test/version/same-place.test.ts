import {describe, expect, test} from 'vitest'
import {candidatesOf, findVersionPlaces, preferredPlace} from '../../src/version/place.ts'
import {isConfirmed, type ProvenPlace, samePlace} from '../../src/version/same-place.ts'

const values = {main_app: {version: '1.0'}, mesh: {image_version: '7'}, replicas: 2}
const images = ['registry/echo:1.0', 'registry/envoy:7']

function prove(of: unknown = values, rendered: readonly string[] = images): ProvenPlace {
  const place = preferredPlace(findVersionPlaces(of, rendered), 'echo', rendered)
  if (place === undefined) throw new Error('nothing to prove')
  return {place, candidates: candidatesOf(of), images: rendered}
}

describe('samePlace', () => {
  test('another environment may have another version there, and other values that are no versions', () => {
    const place = samePlace(prove(), {...values, main_app: {version: '0.9'}, replicas: 8})
    expect(place).toMatchObject({path: ['main_app', 'version'], current: '0.9', imageName: 'registry/echo'})
  })

  test.each([
    ['another candidate has another value', {...values, mesh: {image_version: '8'}}],
    ['there is one more candidate', {...values, app: {version: '3'}}],
    ['one candidate is missing', {main_app: {version: '1.0'}}],
    ['the place itself is missing', {mesh: {image_version: '7'}}],
  ])('%s: it has to be proven anew', (_, other) => {
    expect(samePlace(prove(), other)).toBeUndefined()
  })

  test('a tag that gets its flavour from another value', () => {
    const flavoured = {app: {version: '5', flavour: 'slim'}}
    const proven = prove(flavoured, ['paintbox:5-slim'])
    expect(samePlace(proven, {app: {version: '6', flavour: 'slim'}})).toMatchObject({current: '6-slim'})
  })

  test('a whole image', () => {
    const whole = {app: {image: 'registry/tides:2'}}
    expect(samePlace(prove(whole, ['registry/tides:2']), {app: {image: 'registry/tides:3'}})).toMatchObject({
      current: '3',
    })
    expect(samePlace(prove(whole, ['registry/tides:2']), {app: {image: 'registry/other:3'}})).toBeUndefined()
  })
})

describe('isConfirmed', () => {
  test.each([
    ['the image has the tag, the others are as they were', ['registry/echo:2.0', 'registry/envoy:7'], true],
    [
      'the order and repetitions do not matter',
      ['registry/envoy:7', 'registry/echo:2.0', 'registry/echo:2.0'],
      true,
    ],
    ['another image changed as well', ['registry/echo:2.0', 'registry/envoy:2.0'], false],
    ['the tag did not arrive', ['registry/echo:1.0', 'registry/envoy:7'], false],
    ['it arrived in one of two', ['registry/echo:1.0', 'registry/echo:2.0', 'registry/envoy:7'], false],
    ['there is one image more', ['registry/echo:2.0', 'registry/envoy:7', 'registry/job:2.0'], false],
  ])('%s', (_, rendered, expected) => {
    expect(isConfirmed(prove(), '2.0', rendered)).toBe(expected)
  })
})
