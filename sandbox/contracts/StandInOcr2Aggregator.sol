// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {OCR2Base} from "@chainlink/contracts/src/v0.8/dev/ocr2/OCR2Base.sol";

/// Stands in for Chainlink's OCR2Aggregator, which no package ships: rounds and medians over the official OCR2Base,
/// which checks who transmits and who signed.
contract StandInOcr2Aggregator is OCR2Base {
    struct Round {
        int192 answer;
        uint32 observedAt;
        uint32 recordedAt;
    }

    int192 public immutable minAnswer;
    int192 public immutable maxAnswer;
    uint8 public immutable decimals;
    uint256 public constant version = 4;
    string public description;

    uint32 internal latestRoundId;
    uint40 internal latestEpochAndRound;
    /// Of the report that is being recorded: the base's hook does not hand it on.
    uint40 internal incoming;
    mapping(uint32 => Round) internal rounds;

    event NewTransmission(
        uint32 indexed aggregatorRoundId,
        int192 answer,
        address transmitter,
        uint32 observationsTimestamp,
        int192[] observations,
        bytes observers,
        int192 juelsPerFeeCoin,
        bytes32 configDigest,
        uint40 epochAndRound
    );
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    constructor(int192 least, int192 most, uint8 decimals_, string memory description_) OCR2Base(false) {
        minAnswer = least;
        maxAnswer = most;
        decimals = decimals_;
        description = description_;
    }

    function typeAndVersion() external pure virtual override returns (string memory) {
        return "StandInOcr2Aggregator 1.0.0";
    }

    function getTransmitters() external view returns (address[] memory) {
        return s_transmitters;
    }

    function latestConfigDigestAndEpoch() external view override returns (bool, bytes32, uint32) {
        return (false, s_configInfo.latestConfigDigest, uint32(latestEpochAndRound >> 8));
    }

    function latestAnswer() external view returns (int256) {
        return rounds[visible()].answer;
    }

    function latestTimestamp() external view returns (uint256) {
        return rounds[visible()].recordedAt;
    }

    function latestRound() external view returns (uint256) {
        return visible();
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return roundData(visible());
    }

    function getRoundData(uint80 id) external view returns (uint80, int256, uint256, uint256, uint80) {
        if (id > visible()) return (0, 0, 0, 0, 0);
        return roundData(uint32(id));
    }

    function roundData(uint32 id) internal view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = rounds[id];
        return (id, round.answer, round.observedAt, round.recordedAt, id);
    }

    /// The newest round that the caller may see.
    function visible() internal view virtual returns (uint32) {
        return latestRoundId;
    }

    function _beforeSetConfig(uint8, bytes memory) internal override {}

    function _afterSetConfig(uint8, bytes memory) internal override {}

    function _validateReport(bytes32, uint40 epochAndRound, bytes memory) internal virtual override returns (bool) {
        incoming = epochAndRound;
        return epochAndRound > latestEpochAndRound;
    }

    function _report(uint256, address, uint8, address[maxNumOracles] memory, bytes calldata report)
        internal
        virtual
        override
    {
        record(report);
    }

    function record(bytes calldata report) internal {
        (uint32 observedAt, bytes32 observers, int192[] memory observations, int192 juels) =
            abi.decode(report, (uint32, bytes32, int192[], int192));
        require(observations.length > s_configInfo.f, "too few values to trust median");
        int192 median = observations[observations.length / 2];
        require(minAnswer <= median && median <= maxAnswer, "median is out of min-max range");
        latestEpochAndRound = incoming;
        latestRoundId += 1;
        rounds[latestRoundId] = Round(median, observedAt, uint32(block.timestamp));
        bytes memory who = abi.encodePacked(observers);
        emit NewTransmission(
            latestRoundId,
            median,
            msg.sender,
            observedAt,
            observations,
            who,
            juels,
            s_configInfo.latestConfigDigest,
            incoming
        );
        emit AnswerUpdated(median, latestRoundId, block.timestamp);
    }
}
