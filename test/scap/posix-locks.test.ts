import {expect, test} from 'vitest'
import {isWriteLocked} from '../../src/scap/posix-locks.ts'

// As the kernel writes it: one that is held, one who waits for it, and others of other kinds.
const table = `1: POSIX  ADVISORY  WRITE 4711 00:19:1234 0 EOF
1: -> POSIX  ADVISORY  READ 4712 00:19:1234 0 EOF
2: FLOCK  ADVISORY  WRITE 4713 00:19:77 0 EOF
3: POSIX  ADVISORY  READ  4714 00:19:88 0 EOF
4: -> POSIX  ADVISORY  WRITE 4715 00:19:88 0 EOF
5: POSIX  ADVISORY  WRITE 4716 103:05:99 128 128
`
const tmpfs = 0x19

test.each([
  ['held', {dev: tmpfs, ino: 1234}, undefined, true],
  ['another file of that number, elsewhere', {dev: 0xfe00, ino: 1234}, 1, false],
  ['held by whom it says, on a filesystem that calls itself otherwise', {dev: 0x2a, ino: 1234}, 4711, true],
  ['a lock of another kind (flock)', {dev: tmpfs, ino: 77}, 4713, false],
  ['shared, and somebody waits to have it alone', {dev: tmpfs, ino: 88}, 4714, false],
  ['a disk, part of the file only', {dev: 0x10305, ino: 99}, undefined, true],
  ['nobody has it', {dev: tmpfs, ino: 5}, undefined, false],
])('%s', (_, file, pid, expected) => {
  expect(isWriteLocked(table, file, pid)).toBe(expected)
})
