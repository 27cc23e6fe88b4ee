import {expect, test} from 'vitest'
import {editValue} from '../../src/version/edit-values.ts'

const path = ['main_app', 'version']

test.each([
  ['main_app:\n  version: v1 # why\n  port: 1\n', 'v2', 'main_app:\n  version: v2 # why\n  port: 1\n'],
  ['# top\nmain_app: {version: v1, image: a}\n', 'v2', '# top\nmain_app: {version: v2, image: a}\n'],
  ["main_app:\n  version: 'v1'\n", 'v2', "main_app:\n  version: 'v2'\n"],
  ['main_app:\n    version: "v1"\n\n\nother:   x\n', 'v2', 'main_app:\n    version: "v2"\n\n\nother:   x\n'],
  ['main_app:\n  version: v1\n', '1.10', 'main_app:\n  version: "1.10"\n'],
  ['main_app:\n  version: v1\n', '20261120', 'main_app:\n  version: "20261120"\n'],
  ['main_app:\n  version: v1\n', '1e3', 'main_app:\n  version: "1e3"\n'],
  ['main_app:\n  version: &v v1\nother: 1\n', 'v2', 'main_app:\n  version: &v v2\nother: 1\n'],
])('%j becomes %s', (before, value, after) => {
  expect(editValue(before, path, value)).toEqual({kind: 'edited', text: after})
})

test.each([
  ['an alias', 'tags: {x: &v v1}\nmain_app:\n  version: *v\n', /alias \(\*v\)/],
  ['an anchor that others use', 'main_app:\n  version: &v v1\nmetrics: *v\n', /other values would change/],
  ['nothing there', 'main_app: {}\n', /not written there/],
  ['a map there', 'main_app:\n  version: {tag: v1}\n', /not written there/],
])('%s is left alone', (_, before, why) => {
  expect(editValue(before, path, 'v2')).toEqual({kind: 'refused', why: expect.stringMatching(why)})
})
