/** Read from makerdao/dss fa4f6630 (Dog, Clipper, abaci), 1.0.8 (Vat, Spotter, joins), makerdao/osm and ilk-registry. */
export const makerVat = [
  'function ilks(bytes32 ilk) view returns (uint256 Art, uint256 rate, uint256 spot, uint256 line, uint256 dust)',
  'function urns(bytes32 ilk, address urn) view returns (uint256 ink, uint256 art)',
  'function gem(bytes32 ilk, address who) view returns (uint256)',
  'function dai(address who) view returns (uint256)',
  'function hope(address who)',
  'function nope(address who)',
  'function file(bytes32 ilk, bytes32 what, uint256 data)',
  'function frob(bytes32 ilk, address urn, address gemFrom, address daiTo, int256 dink, int256 dart)',
  'function fork(bytes32 ilk, address from, address to, int256 dink, int256 dart)',
  'function grab(bytes32 ilk, address urn, address gemTo, address sinTo, int256 dink, int256 dart)',
  'function fold(bytes32 ilk, address to, int256 rate)',
] as const

export const makerDog = [
  'function vat() view returns (address)',
  'function live() view returns (uint256)',
  'function Hole() view returns (uint256)',
  'function Dirt() view returns (uint256)',
  'function ilks(bytes32 ilk) view returns (address clip, uint256 chop, uint256 hole, uint256 dirt)',
  'function bark(bytes32 ilk, address urn, address kpr) returns (uint256 id)',
  'event File(bytes32 indexed what, uint256 data)',
  'event File(bytes32 indexed what, address data)',
  'event File(bytes32 indexed ilk, bytes32 indexed what, uint256 data)',
  'event File(bytes32 indexed ilk, bytes32 indexed what, address clip)',
  'event Bark(bytes32 indexed ilk, address indexed urn, uint256 ink, uint256 art, uint256 due, address clip, uint256 indexed id)',
  'event Digs(bytes32 indexed ilk, uint256 rad)',
  'event Cage()',
] as const

export const makerClip = [
  'function calc() view returns (address)',
  'function buf() view returns (uint256)',
  'function tail() view returns (uint256)',
  'function cusp() view returns (uint256)',
  'function chip() view returns (uint64)',
  'function tip() view returns (uint192)',
  'function chost() view returns (uint256)',
  'function kicks() view returns (uint256)',
  'function stopped() view returns (uint256)',
  'function list() view returns (uint256[])',
  'function sales(uint256 id) view returns (uint256 pos, uint256 tab, uint256 lot, address usr, uint96 tic, uint256 top)',
  'function getStatus(uint256 id) view returns (bool needsRedo, uint256 price, uint256 lot, uint256 tab)',
  'function take(uint256 id, uint256 amt, uint256 max, address who, bytes data)',
  'function redo(uint256 id, address kpr)',
  'event File(bytes32 indexed what, uint256 data)',
  'event File(bytes32 indexed what, address data)',
  'event Kick(uint256 indexed id, uint256 top, uint256 tab, uint256 lot, address indexed usr, address indexed kpr, uint256 coin)',
  'event Take(uint256 indexed id, uint256 max, uint256 price, uint256 owe, uint256 tab, uint256 lot, address indexed usr)',
  'event Redo(uint256 indexed id, uint256 top, uint256 tab, uint256 lot, address indexed usr, address indexed kpr, uint256 coin)',
  'event Yank(uint256 id)',
] as const

/** Of the three price curves; each answers some of the getters only. */
export const makerCalc = [
  'function step() view returns (uint256)',
  'function cut() view returns (uint256)',
  'function tau() view returns (uint256)',
  'event File(bytes32 indexed what, uint256 data)',
] as const

export const makerSpotter = [
  'function ilks(bytes32 ilk) view returns (address pip, uint256 mat)',
  'function par() view returns (uint256)',
  'function poke(bytes32 ilk)',
  'function file(bytes32 ilk, bytes32 what, uint256 data)',
  'function file(bytes32 ilk, bytes32 what, address pip)',
  'function file(bytes32 what, uint256 data)',
] as const

export const makerPip = [
  'function peek() view returns (bytes32 val, bool has)',
  'function poke()',
  'function zzz() view returns (uint64)',
  'function hop() view returns (uint16)',
  'function stopped() view returns (uint256)',
] as const

export const makerJoin = [
  'function dai() view returns (address)',
  'function join(address usr, uint256 wad)',
  'function exit(address usr, uint256 wad)',
] as const

export const makerIlkRegistry = [
  'function list() view returns (bytes32[])',
  'function gem(bytes32 ilk) view returns (address)',
  'function join(bytes32 ilk) view returns (address)',
  'function dec(bytes32 ilk) view returns (uint256)',
  'event AddIlk(bytes32 indexed ilk)',
] as const
