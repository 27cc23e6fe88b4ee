import {createHash, createHmac, randomBytes} from 'node:crypto'
import type {Cluster} from '../cluster/client.ts'
import {ConflictError} from '../cluster/faults.ts'
import {OURS} from './ours.ts'

/**
 * What digests of private data are keyed with, so that nobody who reads a record can try passwords against it.
 * It is a Secret beside the record: every deploy host reads the same, and who is bound to `view` does not.
 */
export type DigestKey = {
  /** Kept with the digests: only those of one key can be compared. */
  id: string
  bytes: Uint8Array
}

export type KeyPlace = {cluster: Cluster; namespace: string; service: string}

/** None before the first run in that place, and for those who may not read Secrets. */
export async function readDigestKey(place: KeyPlace): Promise<DigestKey | undefined> {
  const secret = await place.cluster.get(refOf(place))
  const encoded = (secret?.data as {key?: string} | undefined)?.key
  return encoded === undefined ? undefined : keyOf(Buffer.from(encoded, 'base64'))
}

/** Keep this key where there is none yet. @returns the one that is kept: another run may have been first */
export async function keepDigestKey(place: KeyPlace, key: DigestKey): Promise<DigestKey> {
  const {namespace, name} = refOf(place)
  try {
    await place.cluster.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {namespace, name, labels: OURS},
      type: 'Opaque',
      data: {key: Buffer.from(key.bytes).toString('base64')},
    })
    return key
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    return (await readDigestKey(place)) ?? key
  }
}

export function newDigestKey(): DigestKey {
  return keyOf(randomBytes(32))
}

/** 128 bits in hex; the same content under another name has another digest. */
export function keyedDigest(key: DigestKey, name: string, content: string | Uint8Array): string {
  return createHmac('sha256', key.bytes).update(`${name}\0`).update(content).digest('hex').slice(0, 32)
}

// Of 256 random bits: their hash tells nothing about them.
function keyOf(bytes: Uint8Array): DigestKey {
  return {id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes}
}

function refOf({namespace, service}: KeyPlace) {
  return {kind: 'Secret', namespace, name: `deploy-key-${service}`}
}
