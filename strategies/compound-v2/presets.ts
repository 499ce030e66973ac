/**
 * Compound: its own `compound-config`, `networks/mainnet.json`. Venus: `deployments` of its npm packages. Moonwell: its own
 * `moonwell-contracts-v2`, `chains`. `fromBlock` is the comptroller's own block where those name it.
 */
export const compoundPresets = {
  mainnet: { comptroller: '0x3d9819210A31b4961b30EF54bE2aeD79B9c9Cd3B', fromBlock: 7_710_671 },
  'venus-bnb': { comptroller: '0xfD36E2c2a6789Db23113685031d7F16329158384' },
  'venus-bnb-btc': { comptroller: '0x9DF11376Cf28867E2B0741348044780FbB7cb1d6', fromBlock: 44_805_836 },
  'venus-bnb-defi': { comptroller: '0x3344417c9360b963ca93A4e8305361AEde340Ab9', fromBlock: 29_524_449 },
  'venus-bnb-gamefi': { comptroller: '0x1b43ea8622e76627B81665B1eCeBB4867566B963', fromBlock: 29_524_458 },
  'venus-bnb-meme': { comptroller: '0x33B6fa34cd23e5aeeD1B112d5988B026b8A5567d', fromBlock: 38_740_860 },
  'venus-bnb-stablecoins': { comptroller: '0x94c1495cD4c557f1560Cbd68EAB0d197e6291571', fromBlock: 29_356_768 },
  'venus-bnb-staked-bnb': { comptroller: '0xd933909A4a2b7A4638903028f44D1d38ce27c352', fromBlock: 29_524_463 },
  'venus-bnb-staked-eth': { comptroller: '0xBE609449Eb4D76AD8545f957bBE04b596E8fC529', fromBlock: 41_955_982 },
  'venus-bnb-tron': { comptroller: '0x23b4404E4E5eC5FF5a6FFb70B7d14E3FabF237B0', fromBlock: 29_524_470 },
  'venus-mainnet': { comptroller: '0x687a01ecF6d3907658f7A7c714749fAC32336D1B', fromBlock: 18_968_037 },
  'venus-mainnet-curve': { comptroller: '0x67aA3eCc5831a65A5Ba7be76BED3B5dc7DB60796', fromBlock: 18_968_040 },
  'venus-mainnet-ethena': { comptroller: '0x562d2b6FF1dbf5f63E233662416782318cC081E4', fromBlock: 21_441_878 },
  'venus-mainnet-staked-eth': { comptroller: '0xF522cd0360EF8c2FF48B648d53EA1717Ec0F3Ac3', fromBlock: 19_076_091 },
  'venus-arbitrum': { comptroller: '0x317c1A5739F39046E20b08ac9BeEa3f10fD43326', fromBlock: 216_184_982 },
  'venus-arbitrum-staked-eth': { comptroller: '0x52bAB1aF7Ff770551BD05b9FC2329a0Bf5E23F16', fromBlock: 245_899_857 },
  'venus-base': { comptroller: '0x0C7973F9598AA62f9e03B94E92C967fD5437426C', fromBlock: 23_344_435 },
  'venus-optimism': { comptroller: '0x5593FF68bE84C966821eEf5F0a988C285D5B7CeC', fromBlock: 126_050_964 },
  'venus-unichain': { comptroller: '0xe22af1e6b78318e1Fe1053Edbd7209b8Fc62c4Fe', fromBlock: 8_199_133 },
  'venus-zksync': { comptroller: '0xddE4D098D9995B659724ae6d5E3FB9681Ac941B1', fromBlock: 43_551_668 },
  'moonwell-base': { comptroller: '0xfBb21d0380beE3312B33c4353c8936a0F13EF26C' },
  'moonwell-optimism': { comptroller: '0xCa889f40aae37FFf165BccF69aeF1E82b5C511B9' },
} as const
