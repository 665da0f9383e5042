// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/node.h"

// What the control API sends, as JSON text. Times of day are RFC 3339 in UTC with milliseconds. Push tokens
// have no way into any of it.
namespace wakeline::admin {

std::string to_json(const NodeStatus& status);
std::string to_json(const std::vector<registrar::Binding>& bindings, net::WallTime now);
std::string to_json(const call::CallRecord& record);
std::string to_json(const std::vector<call::CallRecord>& records);
std::string to_json(const UserReport& report);
std::string to_json(const CapacityReport& report);
std::string to_json(const std::vector<PushTest>& tests);
std::string to_json(const std::vector<PushCheck>& checks);
std::string to_json(const std::vector<trunk::PeerSnapshot>& trunks);
std::string to_json(const std::vector<NumberTrace>& traces);
std::string to_json(const std::vector<NumberFault>& faults);
std::string to_json(const ReloadReport& report);
std::string to_json(LogLevel level);
std::string trace_json(const SipTrace& trace, const std::vector<TracedMessage>& messages);
std::string done_json();
std::string drain_json(std::size_t calls);
std::string error_json(std::string_view message);

} // namespace wakeline::admin
