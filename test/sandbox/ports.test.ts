import {createServer} from 'node:net'
import {expect, test} from 'vitest'
import {findFreePorts, isPortFree} from '../../src/sandbox/ports.ts'
import {parseIdentity, startTimeInStat} from '../../src/sandbox/process-identity.ts'

test('free ports are different from each other and from the taken ones', async () => {
  const first = await findFreePorts(5, new Set())
  expect(new Set(first).size).toBe(5)
  const second = await findFreePorts(5, new Set(first))
  expect(second.filter(port => first.includes(port))).toEqual([])
})

test('a port somebody listens on is not free', async () => {
  const server = createServer()
  const port = await new Promise<number>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as {port: number}).port))
  })
  expect(await isPortFree(port)).toBe(false)
  await new Promise(resolve => server.close(resolve))
  expect(await isPortFree(port)).toBe(true)
})

test.each([
  ['123 4567\n', {pid: 123, startTime: '4567'}],
  ['123 Sat Nov 21 00:00:15 2026\n', {pid: 123, startTime: 'Sat Nov 21 00:00:15 2026'}],
  ['', undefined],
  ['123', undefined],
])('identity %j', (text, identity) => expect(parseIdentity(text)).toEqual(identity))

test('the start time is read behind any name, and the dead have none', () => {
  const rest = `1 1 1 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 9 0 987654 111 222`
  expect(startTimeInStat(`42 (a) S b) S ${rest}`)).toBe('987654')
  expect(startTimeInStat(`42 (etcd) Z ${rest}`)).toBeUndefined()
})
