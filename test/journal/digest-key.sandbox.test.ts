import {expect, test} from 'vitest'
import {keepDigestKey, keyedDigest, newDigestKey, readDigestKey} from '../../src/journal/digest-key.ts'
import {withScratchNamespace} from '../cluster/scratch.ts'

test('the key that was kept first is the one that every run uses', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const place = {cluster, namespace, service: 'shop'}
    expect(await readDigestKey(place)).toBeUndefined()

    const [first, second] = [newDigestKey(), newDigestKey()]
    const kept = await Promise.all([keepDigestKey(place, first), keepDigestKey(place, second)])
    expect(kept[0]?.id).toBe(kept[1]?.id)
    const read = await readDigestKey(place)
    expect(read?.id).toBe(kept[0]?.id)
    expect([first.id, second.id]).toContain(read?.id)
  }))

test('a digest depends on the key, the name and the content, and on nothing else', () => {
  const key = newDigestKey()
  const digest = keyedDigest(key, '/etc/a.yaml', 'password: x')
  expect(keyedDigest(key, '/etc/a.yaml', Buffer.from('password: x'))).toBe(digest)
  expect(keyedDigest(key, '/etc/b.yaml', 'password: x')).not.toBe(digest)
  expect(keyedDigest(key, '/etc/a.yaml', 'password: y')).not.toBe(digest)
  expect(keyedDigest(newDigestKey(), '/etc/a.yaml', 'password: x')).not.toBe(digest)
})
