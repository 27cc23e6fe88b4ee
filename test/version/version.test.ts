import {describe, expect, test} from 'vitest'
import {findVersionPlaces, mergeValues, preferredPlace, valueAt, valuesFor} from '../../src/version/place.ts'
import type {DeployError} from '../../src/errors.ts'
import type {VersionRequest} from '../../src/plan/intent.ts'
import {checkVersionFits, type Versioned} from '../../src/version/fits.ts'
import {isTag, splitImage} from '../../src/version/tag.ts'

test.each([
  ['registry.example/a/b:v1', {name: 'registry.example/a/b', tag: 'v1', digest: undefined}],
  ['localhost:5000/a', {name: 'localhost:5000/a', tag: undefined, digest: undefined}],
  ['localhost:5000/a:1.10', {name: 'localhost:5000/a', tag: '1.10', digest: undefined}],
  ['a@sha256:00', {name: 'a', tag: undefined, digest: 'sha256:00'}],
  ['a:v1@sha256:00', {name: 'a', tag: 'v1', digest: 'sha256:00'}],
])('splitImage %s', (image, parts) => {
  expect(splitImage(image)).toEqual(parts)
})

test.each([
  ['2026-08-17-094555-production', true],
  ['1.35.9-1', true],
  ['20260817', true],
  [`2026-08-17@sha256:${'0'.repeat(64)}`, true],
  ['', false],
  ['a b', false],
  ['-v1', false],
  ['v1:2', false],
  ['x'.repeat(129), false],
])('isTag %j is %j', (text, expected) => {
  expect(isTag(text)).toBe(expected)
})

describe('findVersionPlaces', () => {
  const images = [
    'docker-registry.wikimedia.org/wikimedia/shop:2026-10-08-141530-production',
    'docker-registry.wikimedia.org/envoy:1.35.9-1',
  ]

  test('leaves that speak of a version and hold the tag of a rendered image', () => {
    const values = {
      main_app: {version: '2026-10-08-141530-production', image: 'wikimedia/shop', port: 8080},
      mesh: {image_version: '1.35.9-1'},
      other: {version: '9.9'},
      note: '2026-10-08-141530-production',
    }
    const places = findVersionPlaces(values, images)
    expect(places.map(place => place.path.join('.'))).toEqual(['main_app.version', 'mesh.image_version'])
    expect(preferredPlace(places, 'shop', images)?.path).toEqual(['main_app', 'version'])
  })

  test('two that could be meant are not guessed', () => {
    const values = {a: {version: 'v1'}, b: {version: 'v1'}}
    expect(preferredPlace(findVersionPlaces(values, ['x:v1']), 'shop', ['x:v1'])).toBeUndefined()
  })

  test('one alone is clear whatever it is called; none is none', () => {
    expect(
      preferredPlace(findVersionPlaces({server: {imageTag: 10}}, ['x:10']), 'shop', ['x:10'])?.path,
    ).toEqual(['server', 'imageTag'])
    expect(preferredPlace(findVersionPlaces({server: {}}, ['x:10']), 'shop', ['x:10'])).toBeUndefined()
  })
})

test("a lone place may be a sidecar's", () => {
  const both = ['r/app:v7', 'r/exporter:1.0']
  expect(preferredPlace(findVersionPlaces({exporter: {version: '1.0'}}, both), 'shop', both)).toBeUndefined()
})

describe('checkVersionFits', () => {
  const one = {release: 'pages', image: 'r/pages', current: 'v1'}
  const same = {release: 'feeds', image: 'r/pages', current: 'v1'}
  const other = {release: 'press', image: 'r/press', current: 'v2'}
  const without = {release: 'secrets', image: undefined, current: undefined}
  const kindOf = (request: VersionRequest, releases: readonly Versioned[]) => {
    try {
      checkVersionFits(request, releases)
      return 'fits'
    } catch (error) {
      return (error as DeployError).exitKind
    }
  }
  const tag = {kind: 'tag', tag: 'v9'} as const
  const release = (name: string): VersionRequest => ({kind: 'per-release', tags: {[name]: 'v9'}})

  test.each<[string, VersionRequest, readonly Versioned[], string]>([
    ['git', {kind: 'from-git'}, [without], 'fits'],
    ['one image in several releases', tag, [one, same, without], 'fits'],
    ['two images', tag, [one, other], 'usage'],
    ['no place at all', tag, [without], 'usage'],
    ['a named release', release('press'), [one, other], 'fits'],
    ['a misspelled release', release('pres'), [one, other], 'not-found'],
    ['a release nobody knows', release('zzzzzz'), [one, other], 'not-found'],
    ['a release without a place', release('secrets'), [one, without], 'usage'],
  ])('%s', (_, request, releases, expected) => {
    expect(kindOf(request, releases)).toBe(expected)
  })
})

describe('forms', () => {
  const placeOf = (values: unknown, image: string) =>
    preferredPlace(findVersionPlaces(values, [image]), 'shellbox', [image])

  test('a tag made of version and flavour', () => {
    const place = placeOf(
      {shellbox: {version: '2026-01-01', flavour: 'score'}},
      'r/shellbox:2026-01-01-score',
    )
    expect(place).toMatchObject({path: ['shellbox', 'version'], form: {kind: 'start-of-tag', rest: '-score'}})
    expect(place && valueAt(place, '2026-02-02-score')).toBe('2026-02-02')
    expect(place && valueAt(place, '2026-02-02-media')).toBeUndefined()
  })

  test('the start of a tag alone is no proof', () => {
    expect(placeOf({a: {version: '2026'}}, 'r/x:2026-01-01')).toBeUndefined()
  })

  test('a whole image', () => {
    const place = placeOf(
      {main_app: {image: 'restricted/mediawiki:2026-01-01-web'}},
      'registry.example/restricted/mediawiki:2026-01-01-web',
    )
    expect(place?.form).toEqual({kind: 'image', name: 'restricted/mediawiki'})
    expect(place && valueAt(place, 'v2')).toBe('restricted/mediawiki:v2')
  })

  test('a tag with its digest', () => {
    const tag = `2026-01-01@sha256:${'a'.repeat(64)}`
    const place = placeOf({app: {version: tag}}, `r/x:${tag}`)
    expect(place).toMatchObject({current: tag, form: {kind: 'tag'}})
  })
})

test('valuesFor keeps a tag a text', () => {
  expect(JSON.stringify(valuesFor(['main_app', 'version'], '1.10'))).toBe('{"main_app":{"version":"1.10"}}')
})

test('mergeValues merges as helm does', () => {
  expect(mergeValues({a: {b: 1, c: 2}, l: [1, 2]}, {a: {b: 3, c: null}, l: [3]})).toEqual({a: {b: 3}, l: [3]})
  expect(mergeValues({a: 1}, undefined)).toEqual({a: 1})
  expect(mergeValues(undefined, {a: 1})).toEqual({a: 1})
})
