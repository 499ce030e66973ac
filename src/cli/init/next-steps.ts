import type { Answers } from './answers.ts'

export type NextStep = { readonly command: string; readonly why: string }

/** What to do with what was written, in order. */
export function nextSteps({ key, executor }: Answers, isNewKey: boolean, hasCompose: boolean): readonly NextStep[] {
  const hasKey = isNewKey || key.kind !== 'none'
  return [
    { command: 'npx plimsoll doctor', why: 'what is missing, and what to do about it' },
    { command: 'npx plimsoll run', why: 'a dry run: judges and journals, sends nothing' },
    ...(hasCompose
      ? [{ command: 'docker compose up --build --detach', why: 'the same with Prometheus and Grafana' }]
      : []),
    ...(hasKey ? [] : [{ command: 'npx plimsoll init --key new --folder …', why: 'for a live run: a key that sends' }]),
    ...(executor !== null
      ? []
      : [{ command: 'npx plimsoll deploy --owner "$OWNER" --sink "$SINK"', why: 'for a live run: the executor' }]),
  ]
}
