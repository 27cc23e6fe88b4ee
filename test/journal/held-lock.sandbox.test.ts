import {expect, test} from 'vitest'
import {DeployError} from '../../src/errors.ts'
import {holdLock} from '../../src/journal/held-lock.ts'
import {acquireLock, deleteLock, namespaceLock, readLock, refOf} from '../../src/journal/lock.ts'
import type {LockHolder} from '../../src/journal/lock-holder.ts'
import {withScratchNamespace} from '../cluster/scratch.ts'

const holder = (runId: string): LockHolder => ({
  runId,
  by: 'ada',
  from: 'deploy1',
  since: '2026-11-21T10:00:00Z',
  reason: '',
  state: 'working',
  process: `process of ${runId}`,
})
const options = {
  hasEnded: async (process: string | undefined) => process === 'process of dead',
  nowMs: Date.now,
  onLost: () => {},
}

test('of many that ask at once one gets it, and the others are told who', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const place = {cluster, namespace, service: 'shop', environment: 'staging'}
    const asked = Array.from({length: 10}, (_, index) => holdLock(place, holder(`run${index}`), options))
    const settled = await Promise.allSettled(asked)
    const won = settled.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    expect(won).toHaveLength(1)
    for (const one of settled) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({exitKind: 'locked'})
    }
    await won[0]?.release()
    expect(await readLock(place, options.hasEnded)).toEqual({kind: 'free'})
  }))

test('that of a dead process is taken at once, that of a paused run by whoever finishes it', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const place = {cluster, namespace, service: 'shop', environment: 'staging'}
    await holdLock(place, holder('dead'), options)
    expect((await readLock(place, options.hasEnded)).kind).toBe('dead')
    const lock = await holdLock(place, holder('second'), options)
    await lock.keep('waits for the canary to be looked at')

    const refused = await holdLock(place, holder('third'), options).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(DeployError)
    expect((refused as Error).message).toMatch(/run second of ada is paused there/)
    const taken = await holdLock(place, holder('third'), {...options, takesOver: 'second'})
    await taken.release()
    expect(await readLock(place, options.hasEnded)).toEqual({kind: 'free'})
  }))

test('where everything is locked nothing begins, and what paused stays as it is', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const place = {cluster, namespace, service: 'shop', environment: 'staging'}
    const paused = await holdLock(place, holder('first'), options)
    await paused.keep('waits for the canary to be looked at')
    const whole = namespaceLock(place)
    const frozen = {...holder('all'), state: 'frozen' as const, reason: 'T9'}
    const made = await acquireLock(whole, frozen, {...options, nowMs: Date.now()})

    const other = {...place, service: 'feeds'}
    for (const [where, takesOver] of [
      [other, undefined],
      [place, 'first'],
    ] as const) {
      const error: unknown = await holdLock(where, holder('second'), {...options, takesOver}).catch(e => e)
      expect(error).toMatchObject({exitKind: 'locked', hint: expect.stringContaining('unlock --all')})
      expect((error as Error).message).toMatch(/ada has locked everything there since .*: T9/)
    }
    expect((await readLock(other, options.hasEnded)).kind).toBe('free')
    expect(await readLock(place, options.hasEnded)).toMatchObject({holder: {runId: 'first', state: 'paused'}})
    await deleteLock(whole, made)
    await (await holdLock(place, holder('second'), {...options, takesOver: 'first'})).release()
  }))

test('whoever takes it by force or removes it is told of, and what is theirs is not removed', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const place = {cluster, namespace, service: 'shop', environment: 'staging'}
    const losses: string[] = []
    const onLost = (why: string) => losses.push(why)
    const take = async (runId: string) => {
      const lock = await holdLock(place, holder(runId), {...options, onLost})
      // As good as new is not asked again.
      await new Promise(resolve => setTimeout(resolve, 2100))
      return lock
    }
    const first = await take('first')
    const object = await cluster.get(refOf(place))
    if (object === undefined) throw new Error('there is no lock')
    const data = {runId: 'theirs', by: 'eve', from: 'deploy2', reason: 'urgent'}
    await cluster.replace({...object, data})
    await first.renew()
    expect(losses).toEqual(['eve on deploy2 has taken it (urgent)'])
    await first.release()
    expect((await cluster.get(refOf(place)))?.data).toEqual(data)

    await cluster.delete(refOf(place))
    const second = await take('second')
    await cluster.delete(refOf(place))
    await second.renew()
    expect(losses[1]).toBe('someone has removed it')
  }))
