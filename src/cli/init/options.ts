export type InitOptions = {
  readonly rpc?: string
  readonly folder: string
  readonly from?: string
  readonly protocols?: string
  readonly key?: string
  readonly passwordFile?: string
  readonly executor?: string
  readonly via?: string
  readonly relays?: string
  readonly minimumNet?: string
  readonly dailyLoss?: string
  readonly dailyGas?: string
  readonly yes?: boolean
  readonly json?: boolean
}
