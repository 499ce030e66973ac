import { z } from 'zod'
import { alertSettings } from './alert-settings.ts'
import { consoleSettings } from './console-settings.ts'
import { amountForm, group } from './group.ts'
import { guards } from './guard-settings.ts'
import { keyOf, keysOf } from './key-source.ts'
import {
  addressOf,
  bpsOf,
  decimal,
  httpUrl,
  listOf,
  nodeUrl,
  oneOf,
  postgresUrl,
  shardOf,
  text,
  weiOf,
  whole,
  yesNo,
} from './readers.ts'
import { optionalSetting, setting } from './setting.ts'

const keyForm = '`keystore: <file>` with `passwordFile: <file>` or a prompt, or `env: <NAME>`'
const operators = setting({
  doc: 'Keys that send, one lane each: `{keystore, passwordFile}` or `{env}`.',
  form: `a list of keys, each ${keyForm}`,
  read: (raw) => (raw === 'none' ? [] : keysOf(raw)),
  preset: 'none',
  fileOnly: true,
})
const relayKey = optionalSetting({
  doc: 'The identity towards relays, never an operator; none: a fresh one at each start.',
  form: keyForm,
  read: keyOf,
  fileOnly: true,
})

const relay = z.strictObject({
  url: setting({ doc: 'Where bundles are sent.', form: 'an http or https URL', read: httpUrl, secret: true }),
  name: optionalSetting({ doc: 'Its name in logs and metrics; the host otherwise.', form: 'a short name', read: text }),
})

/** Entries of a folder's name: a preset's name, or the deployment's own addresses. Read by the definition's schema. */
const chosen = (doc: string) => z.record(z.string(), z.array(z.unknown())).prefault({}).meta({ doc })

/** Everything an operator can set. The tables of the README are made from it. */
export const schema = z.strictObject({
  chain: group({
    id: setting({
      doc: 'The chain; a node that answers another id is refused.',
      form: "the chain's number, such as 1 for Ethereum",
      read: whole(1),
    }),
    rpc: setting({
      doc: 'The node: JSON-RPC with eth_getLogs and reads by block hash; over a socket it tells of blocks by itself.',
      form: 'a ws, wss, http or https URL or the path of an IPC socket, best as a reference to a variable in .env',
      read: nodeUrl,
      secret: true,
    }),
    blockSeconds: setting({
      doc: 'Usual seconds between blocks; health and waiting times are counted in it.',
      form: 'seconds above 0, such as 12',
      read: decimal(0.1, 600),
      preset: '12',
    }),
    wrappedNative: setting({
      doc: 'The wrapped native token: profit is counted in it.',
      form: 'its address',
      read: addressOf,
    }),
    pollMs: setting({
      doc: 'Milliseconds between two looks for a new head, over HTTP or where a node does not take subscriptions.',
      form: 'milliseconds from 10 to 60000',
      read: whole(10, 60_000),
      preset: '250',
    }),
    pending: setting({
      doc: 'Listen to transactions on their way, so that an oracle update is seen before it lands; needs a socket.',
      form: 'true or false',
      read: yesNo,
      preset: 'true',
    }),
    finalityBlocks: setting({
      doc: 'Blocks after which a receipt is final and undo is forgotten.',
      form: 'a number of blocks from 1 to 10000',
      read: whole(1, 10_000),
      preset: '64',
    }),
  }),
  executor: z
    .strictObject({
      address: setting({
        doc: 'The contract `plimsoll deploy` put on the chain; only it is ever called.',
        form: "the executor's address, as `plimsoll deploy` printed it",
        read: addressOf,
      }),
      sink: setting({
        doc: "Who receives the profit; must be the executor's own sink, or nothing starts.",
        form: "the address the executor's sink() answers",
        read: addressOf,
      }),
    })
    .nullable()
    .prefault(null),
  keys: group({
    operators,
    relay: relayKey,
  }),
  protocols: chosen('What is liquidated: by folder of strategies/, a list of presets or deployments.'),
  venues: chosen('Where collateral is sold: by folder of venues/.'),
  exits: chosen('Where wrapped collateral is redeemed before it is sold: by folder of exits/.'),
  flash: chosen('Who lends for one transaction: by folder of flash/.'),
  hubs: setting({
    doc: 'Further tokens that paths may lead through; the wrapped native token is always one.',
    form: 'a list of addresses, each once',
    read: (raw) => (raw === 'none' ? [] : listOf(addressOf)(raw)),
    preset: 'none',
  }),
  timelocks: setting({
    doc: 'TimelockControllers whose queued calls are run ahead, on the node, by eth_simulateV1.',
    form: 'a list of addresses, each once',
    read: (raw) => (raw === 'none' ? [] : listOf(addressOf)(raw)),
    preset: 'none',
  }),
  submission: group({
    dryRun: setting({
      doc: 'Everything runs and is journaled, nothing is sent.',
      form: 'true or false',
      read: yesNo,
      preset: 'true',
    }),
    via: setting({
      doc: 'How transactions leave: a bundle that cannot land reverted, a private transaction, a public one.',
      form: 'bundle, private or public',
      read: oneOf('bundle', 'private', 'public'),
      preset: 'bundle',
    }),
    relays: z.array(relay).prefault([]).meta({ doc: 'Relays and builders that take bundles: `{url, name}` each.' }),
    blocks: setting({
      doc: 'Blocks a private or public transaction may wait; a bundle is for one block and made anew for the next.',
      form: 'a number from 1 to 25',
      read: whole(1, 25),
      preset: '2',
    }),
    tipShareBps: setting({
      doc: "The builder's share of what is gained beyond gas, computed on chain.",
      form: 'basis points from 0 to 10000',
      read: bpsOf,
      preset: '8000',
      hot: true,
    }),
    priorityFeeWei: setting({
      doc: 'Priority fee per gas.',
      form: amountForm,
      read: weiOf,
      preset: '0.01 gwei',
    }),
    minimumNetWei: setting({
      doc: 'What must be left after gas and tip; the executor reverts below it.',
      form: amountForm,
      read: weiOf,
      preset: '0.0005 ether',
      hot: true,
    }),
    simulate: setting({
      doc: 'Ask the node to run a plan before it leaves; `auto`: while there is time, else beside the send.',
      form: 'auto, always or never',
      read: oneOf('auto', 'always', 'never'),
      preset: 'auto',
      hot: true,
    }),
    lateMs: setting({
      doc: 'With less time than this left in a slot, counted from the head’s arrival, `auto` sends first.',
      form: 'milliseconds from 0 to 600000',
      read: whole(0, 600_000),
      preset: '4000',
      hot: true,
    }),
  }),
  guards,
  drift: group({
    everyBlocks: setting({
      doc: "Blocks between two comparisons of a sample with the protocol's own view.",
      form: 'a number of blocks of at least 1',
      read: whole(1),
      preset: '50',
      hot: true,
    }),
    sample: setting({
      doc: 'Positions in a sample.',
      form: 'a number from 0 to 10000',
      read: whole(0, 10_000),
      preset: '32',
      hot: true,
    }),
  }),
  journal: group({
    path: setting({
      doc: 'The SQLite file of verdicts, intents and receipts; one per chain and executor.',
      form: 'a path',
      read: text,
      preset: 'plimsoll.sqlite',
      path: true,
    }),
    url: optionalSetting({
      doc: 'A Postgres database instead of the file, for two keepers of one job: one leads, the other stands by.',
      form: 'a URL such as postgres://user@host/name, best as a reference such as ${DATABASE_URL}',
      read: postgresUrl,
      secret: true,
    }),
    shard: setting({
      doc: 'Which part of the work on this chain and executor: keepers of another part have other keys, and lead beside.',
      form: 'a short name of letters, digits and dashes',
      read: shardOf,
      preset: 'all',
    }),
    leaseMs: setting({
      doc: 'Milliseconds that a leader’s lease lasts unless renewed: the longest a take-over waits; well below two blocks.',
      form: 'milliseconds from 500 to 60000',
      read: whole(500, 60_000),
      preset: '2000',
    }),
  }),
  snapshot: group({
    path: setting({
      doc: 'The file the book is kept in, so that a start reads only what has changed since; `none`: read anew each time.',
      form: 'a path, or none',
      read: (raw) => (raw === '' || raw === 'none' ? null : text(raw)),
      preset: 'plimsoll.book',
      path: true,
    }),
    everyBlocks: setting({
      doc: 'Blocks between two savings; an orderly end saves too.',
      form: 'a number of blocks of at least 1',
      read: whole(1),
      preset: '300',
    }),
  }),
  alerts: alertSettings,
  http: group({
    host: setting({
      doc: 'Address of /metrics, /healthz and /readyz; loopback unless you mean otherwise.',
      form: 'an address, such as 127.0.0.1',
      read: text,
      preset: '127.0.0.1',
    }),
    port: setting({
      doc: 'Its port; 0 takes a free one.',
      form: 'a port from 0 to 65535',
      read: whole(0, 65_535),
      preset: '9464',
    }),
  }),
  console: group(consoleSettings),
  log: group({
    level: setting({
      doc: 'The least that is logged.',
      form: 'trace, debug, info, warn, error, fatal or silent',
      read: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
      preset: 'info',
    }),
    otlpUrl: optionalSetting({
      doc: 'Where spans of plans go, by OTLP over HTTP; OTEL_EXPORTER_OTLP_ENDPOINT counts where it is not written.',
      form: "an http or https URL, such as a collector's http://127.0.0.1:4318",
      read: httpUrl,
      secret: true,
    }),
  }),
})

export type Settings = z.output<typeof schema>
