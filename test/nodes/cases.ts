import type {Case} from './case.ts'
import {OBJECT_CASES} from './cases-objects.ts'
import {PASSING_CASES} from './cases-passing.ts'
import {PLACEMENT_CASES} from './cases-placement.ts'
import {RUNNING_CASES} from './cases-running.ts'
import {START_CASES} from './cases-start.ts'
import {WELL_CASES} from './cases-well.ts'

export const CASES: readonly Case[] = [
  ...START_CASES,
  ...PLACEMENT_CASES,
  ...RUNNING_CASES,
  ...PASSING_CASES,
  ...WELL_CASES,
  ...OBJECT_CASES,
]
