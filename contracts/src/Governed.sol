// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "./Calls.sol";
import {Frame} from "./Frame.sol";
import {Registry} from "./Registry.sol";
import {Tokens} from "./Tokens.sol";

/// Who may do what. The owner is a cold key: it names operators, the sink and what programs may use, the last two only
/// after a delay that leaves time to notice. Operators are hot keys: they execute, and may send profits to the sink and
/// nowhere else. Taking away is always at once.
abstract contract Governed {
    /// Seconds between a proposal of the owner's and the moment it may be accepted.
    uint256 public immutable delay;

    address public owner;
    address public pendingOwner;
    /// Where profits go.
    address public sink;
    address public pendingSink;
    uint64 public pendingSinkAt;
    mapping(address account => bool) public isOperator;

    event OwnerProposed(address indexed owner);
    event OwnerChanged(address indexed owner);
    event OperatorSet(address indexed operator, bool allowed);
    event SinkProposed(address indexed sink, uint256 acceptableAt);
    event SinkChanged(address indexed sink);
    event EntryProposed(bytes32 indexed key, bytes32 value, uint256 acceptableAt);
    event EntrySet(bytes32 indexed key, bytes32 value);
    event Withdrawn(address indexed token, address indexed to, uint256 amount);

    error NotOwner(address caller);
    error NotOperator(address caller);
    error NotPendingOwner(address caller);
    error NothingProposed();
    error TooEarly(uint256 acceptableAt);
    error ZeroAddress();
    error BadDelay(uint256 delay);
    error BadEntry(bytes32 key);
    error SinkRefused(address sink);

    /// Only the owner, and never in the middle of an execution.
    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        Frame.requireUnlocked();
        _;
    }

    constructor(
        address owner_,
        address sink_,
        uint256 delay_,
        address[] memory operators,
        Registry.Entry[] memory entries
    ) {
        if (owner_ == address(0) || sink_ == address(0)) revert ZeroAddress();
        if (delay_ < 1 hours || delay_ > 90 days) revert BadDelay(delay_);
        delay = delay_;
        owner = owner_;
        sink = sink_;
        emit OwnerChanged(owner_);
        emit SinkChanged(sink_);
        for (uint256 i; i < operators.length; ++i) {
            if (operators[i] == address(0)) revert ZeroAddress();
            isOperator[operators[i]] = true;
            emit OperatorSet(operators[i], true);
        }
        for (uint256 i; i < entries.length; ++i) {
            _setEntry(entries[i].key, entries[i].value);
        }
    }

    /// The new owner must accept, so that ownership cannot be sent to where nobody is.
    function proposeOwner(address to) external onlyOwner {
        pendingOwner = to;
        emit OwnerProposed(to);
    }

    function acceptOwner() external {
        Frame.requireUnlocked();
        if (msg.sender != pendingOwner) revert NotPendingOwner(msg.sender);
        owner = msg.sender;
        pendingOwner = address(0);
        emit OwnerChanged(msg.sender);
    }

    /// At once, both ways: an operator can lose nothing that stands here.
    function setOperator(address operator, bool allowed) external onlyOwner {
        if (operator == address(0)) revert ZeroAddress();
        isOperator[operator] = allowed;
        emit OperatorSet(operator, allowed);
    }

    /// Zero takes a proposal back.
    function proposeSink(address to) external onlyOwner {
        pendingSink = to;
        pendingSinkAt = uint64(block.timestamp + delay);
        emit SinkProposed(to, pendingSinkAt);
    }

    function acceptSink() external onlyOwner {
        if (pendingSink == address(0)) revert NothingProposed();
        if (block.timestamp < pendingSinkAt) revert TooEarly(pendingSinkAt);
        sink = pendingSink;
        pendingSink = address(0);
        emit SinkChanged(sink);
    }

    /// A value of zero takes a proposal back. Accepted after the delay.
    function proposeEntry(bytes32 key, bytes32 value) external onlyOwner {
        uint64 acceptableAt = uint64(block.timestamp + delay);
        Registry.layout().proposals[key] = Registry.Proposal(value, acceptableAt);
        emit EntryProposed(key, value, acceptableAt);
    }

    function acceptEntry(bytes32 key) external onlyOwner {
        Registry.Proposal memory proposal = Registry.layout().proposals[key];
        if (proposal.value == 0) revert NothingProposed();
        if (block.timestamp < proposal.acceptableAt) revert TooEarly(proposal.acceptableAt);
        delete Registry.layout().proposals[key];
        _setEntry(key, proposal.value);
    }

    /// At once; a proposal of the same goes with it.
    function removeEntry(bytes32 key) external onlyOwner {
        delete Registry.layout().proposals[key];
        delete Registry.layout().values[key];
        emit EntrySet(key, 0);
    }

    /// The value registered for a key, zero where there is none.
    function entry(bytes32 key) external view returns (bytes32) {
        return Registry.valueOf(key);
    }

    function proposedEntry(bytes32 key) external view returns (bytes32 value, uint256 acceptableAt) {
        Registry.Proposal memory proposal = Registry.layout().proposals[key];
        return (proposal.value, proposal.acceptableAt);
    }

    /// Sends what stands here to the sink: native currency for the zero address, all of it for the highest number.
    /// There is no other way out for it, for the owner either.
    function withdraw(address token, uint256 amount) external {
        if (msg.sender != owner && !isOperator[msg.sender]) revert NotOperator(msg.sender);
        Frame.lock();
        address to = sink;
        if (token == address(0)) {
            if (amount == type(uint256).max) amount = address(this).balance;
            bool ok;
            assembly ("memory-safe") {
                ok := call(gas(), to, amount, 0, 0, 0, 0)
            }
            if (!ok) revert SinkRefused(to);
        } else {
            if (amount == type(uint256).max) amount = Tokens.balance(token);
            Tokens.transfer(token, to, amount);
        }
        Frame.unlock();
        emit Withdrawn(token, to, amount);
    }

    function _setEntry(bytes32 key, bytes32 value) private {
        address who = address(uint160(uint256(key)));
        // Nothing may be done in our own name through ourselves.
        if (value == 0 || who == address(this) || who == address(0)) revert BadEntry(key);
        Registry.layout().values[key] = value;
        emit EntrySet(key, value);
    }
}
