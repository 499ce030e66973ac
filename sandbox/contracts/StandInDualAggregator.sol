// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {StandInOcr2Aggregator} from "./StandInOcr2Aggregator.sol";

/// Stands in for Chainlink's DualAggregator 1.0.0 (SVR): what a reader sees depends on the proxy it asks through and on
/// the time. Its rules are kept; that the proxy and the cut-off can be asked for is ours.
contract StandInDualAggregator is StandInOcr2Aggregator {
    uint32 public constant maxSyncIterations = 10;
    address public secondaryProxy;
    uint32 public cutoffTime;

    uint32 internal latestSecondaryRoundId;
    bool internal isLatestSecondary;

    event SecondaryRoundIdUpdated(uint32 indexed secondaryRoundId);
    event PrimaryFeedUnlocked(uint32 indexed primaryRoundId);
    event CutoffTimeSet(uint32 cutoffTime);

    constructor(int192 least, int192 most, uint8 decimals_, string memory description_)
        StandInOcr2Aggregator(least, most, decimals_, description_)
    {}

    function typeAndVersion() external pure override returns (string memory) {
        return "StandInDualAggregator 1.0.0";
    }

    function setSecondary(address proxy, uint32 cutoff) external onlyOwner {
        secondaryProxy = proxy;
        cutoffTime = cutoff;
        emit CutoffTimeSet(cutoff);
    }

    function transmitSecondary(
        bytes32[3] calldata context,
        bytes calldata report,
        bytes32[] calldata rs,
        bytes32[] calldata ss,
        bytes32 rawVs
    ) external {
        require(s_oracles[msg.sender].role == Role.Transmitter, "unauthorized transmitter");
        require(s_configInfo.latestConfigDigest == context[0], "configDigest mismatch");
        uint32 known = roundOf(report);
        if (known > 0) {
            require(latestSecondaryRoundId < known, "stale report");
            latestSecondaryRoundId = known;
            emit SecondaryRoundIdUpdated(known);
            return;
        }
        incoming = uint40(uint256(context[1]));
        require(incoming > latestEpochAndRound, "stale report");
        verify(keccak256(abi.encodePacked(keccak256(report), context)), rs, ss, rawVs);
        latestSecondaryRoundId = latestRoundId + 1;
        emit SecondaryRoundIdUpdated(latestSecondaryRoundId);
        record(report);
        isLatestSecondary = true;
    }

    function verify(bytes32 signed, bytes32[] calldata rs, bytes32[] calldata ss, bytes32 rawVs) internal view {
        require(rs.length == s_configInfo.f + 1 && rs.length == ss.length, "wrong number of signatures");
        uint256 seen;
        for (uint256 at; at < rs.length; ++at) {
            Oracle memory oracle = s_oracles[ecrecover(signed, uint8(rawVs[at]) + 27, rs[at], ss[at])];
            require(oracle.role == Role.Signer && seen & (1 << oracle.index) == 0, "bad signature");
            seen |= 1 << oracle.index;
        }
    }

    /// The round that already holds a report, or 0.
    function roundOf(bytes calldata report) internal view returns (uint32) {
        (uint32 observedAt,, int192[] memory observations,) = abi.decode(report, (uint32, bytes32, int192[], int192));
        for (uint32 id = latestRoundId; id > 0 && rounds[id].observedAt >= observedAt; --id) {
            require(latestRoundId - id < maxSyncIterations, "too many iterations");
            if (rounds[id].observedAt == observedAt && rounds[id].answer == observations[observations.length / 2]) return id;
        }
        return 0;
    }

    function visible() internal view override returns (uint32) {
        if (msg.sender == secondaryProxy) return isOld(latestSecondaryRoundId) ? synced() : latestSecondaryRoundId;
        bool isHidden = latestRoundId == latestSecondaryRoundId && isLatestSecondary
            && rounds[latestRoundId].recordedAt == block.timestamp;
        return isHidden ? latestRoundId - 1 : latestRoundId;
    }

    function synced() internal view returns (uint32) {
        for (uint32 id = latestRoundId; id > 0 && latestRoundId - id < maxSyncIterations; --id) {
            if (id == latestSecondaryRoundId || isOld(id)) return id;
        }
        return latestSecondaryRoundId;
    }

    function isOld(uint32 id) internal view returns (bool) {
        return rounds[id].recordedAt + cutoffTime < block.timestamp;
    }

    function _validateReport(bytes32, uint40 epochAndRound, bytes memory) internal override returns (bool) {
        incoming = epochAndRound;
        return epochAndRound > latestEpochAndRound || (epochAndRound == latestEpochAndRound && isLatestSecondary);
    }

    function _report(uint256, address, uint8, address[maxNumOracles] memory, bytes calldata report) internal override {
        if (incoming == latestEpochAndRound) emit PrimaryFeedUnlocked(latestRoundId);
        else record(report);
        isLatestSecondary = false;
    }
}
