import {keepDigestKey, type KeyPlace} from '../journal/digest-key.ts'
import type {RunRecord} from '../journal/record.ts'
import type {EnvironmentSite} from './open-environment.ts'

/**
 * Keep the key that a record's digests were made with, if it lies nowhere yet: only now, with the plan agreed on, may
 * anything be written.
 * @returns the record, without digests that nobody could compare: another run may have kept its key first
 */
export async function keepDigests(
  record: RunRecord,
  place: KeyPlace,
  {siteKey}: Pick<EnvironmentSite, 'siteKey'>,
): Promise<RunRecord> {
  if (siteKey === undefined || siteKey.isKept) return record
  // Without it the next preview can compare less; the deployment loses nothing.
  const kept = await keepDigestKey(place, siteKey.key).catch(() => undefined)
  return kept?.id === siteKey.key.id ? record : withoutDigests(record)
}

function withoutDigests({outside: _outside, ...record}: RunRecord): RunRecord {
  return {...record, releases: record.releases.map(({values: _values, ...release}) => release)}
}
