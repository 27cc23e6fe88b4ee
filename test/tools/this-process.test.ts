import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile} from 'node:fs/promises'
import {expect, test} from 'vitest'
import {hasEnded, thisProcess} from '../../src/tools/this-process.ts'

test('this process has not ended, and one that has is known by more than its pid', async () => {
  const ours = await thisProcess()
  expect(await hasEnded(ours)).toBe(false)
  const [boot, space, pid] = ours?.split(' ') ?? []
  expect(await hasEnded(`${boot} ${space} ${pid} 1`)).toBe(true)
})

test('a killed process has ended', async () => {
  const [boot, space] = (await thisProcess())?.split(' ') ?? []
  const child = spawn('sleep', ['60'])
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8')
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  const name = `${boot} ${space} ${child.pid} ${startTime}`
  expect(await hasEnded(name)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await hasEnded(name)).toBe(true)
})

test('of processes elsewhere nothing is known', async () => {
  expect(await hasEnded('another-boot pid:[1] 1 1')).toBe(false)
  expect(await hasEnded(undefined)).toBe(false)
  expect(await hasEnded('')).toBe(false)
})
