import {mapTexts} from '../diff/map-texts.ts'
import type {Secrecy} from '../flow/secrecy.ts'
import type {DeployEvent, EventBody} from '../plan/events.ts'
import {type LastWords, lastWords} from '../view/last-words.ts'
import type {AskingView} from './choose-view.ts'

/** What a run says, on its way to the view. */
export type Teller = {
  emit(this: void, event: EventBody): void
  /** What there would be to say if it ended at once. */
  words: LastWords
  view(): AskingView | undefined
  /** From now on events are shown there. */
  showOn(view: AskingView): void
  /** From now on private values are hidden. */
  hideWith(secrecy: Secrecy): void
}

/** Signals may be told about before there is a view, and something before it is known what is private. */
export function openTeller(): Teller {
  const words = lastWords()
  let view: AskingView | undefined
  let secrecy: Secrecy | undefined
  return {
    words,
    view: () => view,
    emit(event) {
      words.hear(event)
      const shown = mapTexts(event, text => secrecy?.mask(text) ?? text)
      view?.on({atMs: Date.now(), ...shown} as DeployEvent)
    },
    showOn(chosen) {
      view = chosen
    },
    hideWith(known) {
      secrecy = known
    },
  }
}
