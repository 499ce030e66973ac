import { amountForm, group } from './group.ts'
import { bpsOf, decimal, listOf, text, weiOf } from './readers.ts'
import { setting } from './setting.ts'

/** What may hold sending back, and from when on. */
export const guards = group({
  killFile: setting({
    doc: 'Nothing is sent while this file exists.',
    form: 'a path',
    read: text,
    preset: 'plimsoll.kill',
    path: true,
  }),
  dailyLossWei: setting({
    doc: 'Loss within 24 hours that stops private and public sending; bundles alert.',
    form: amountForm,
    read: weiOf,
    preset: '0.05 ether',
    hot: true,
  }),
  dailyGasWei: setting({
    doc: 'Gas paid within 24 hours that stops private and public sending; bundles alert.',
    form: amountForm,
    read: weiOf,
    preset: '0.2 ether',
    hot: true,
  }),
  marketNotionalWei: setting({
    doc: 'Debt repaid in one market within 24 hours that stops private and public sending in it; bundles alert.',
    form: amountForm,
    read: weiOf,
    preset: '500 ether',
    hot: true,
  }),
  maximumBonusMultiple: setting({
    doc: 'A profit above this many times what the liquidation bonus pays is bad data: the market is halted.',
    form: 'a number from 1 to 100, such as 3',
    read: decimal(1, 100),
    preset: '3',
    hot: true,
  }),
  assumedBonusBps: setting({
    doc: 'The bonus taken where a protocol does not say its own.',
    form: 'basis points from 0 to 10000',
    read: bpsOf,
    preset: '1500',
    hot: true,
  }),
  markets: setting({
    doc: 'Markets that may be acted on, each by its id or the beginning of it; the others are watched only.',
    form: 'all, or a list of ids as `plimsoll scan --json` has them',
    read: (raw) => (raw === 'all' ? null : listOf(text)(raw)),
    preset: 'all',
    hot: true,
  }),
})
